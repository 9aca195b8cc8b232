"""Coins and gifts over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.selectors.people import user_id_of
from grover.core.errors import NotFound
from grover.core.pages import cut_page
from grover.core.schema import operation
from grover.core.views import ApiViewSet
from payments.actions.coins import buy_coins
from payments.actions.gifts import send_gift
from payments.cards.coins import CoinPackCard
from payments.cards.gifts import GiftCard, GiftKindCard
from payments.cards.payments import PaymentCard
from payments.errors.payments import InsufficientFunds, PayingOneself
from payments.policies.coins import PACKS
from payments.policies.gifts import GIFTS
from payments.selectors.gifts import get_gift
from payments.serializers.gifts import CoinsInput, GiftInput


class CoinsViewSet(ApiViewSet):
    """Coins, which are bought in packs and spent on gifts."""

    limits = {"create": "payment"}
    idempotency_required = frozenset({"create"})
    idempotency_in_steps = frozenset({"create"})

    @operation(
        "List the packs in which coins are sold",
        description="The smallest first. One coin is one cent.",
        page_of=CoinPackCard,
    )
    def packs(self, request: Request) -> HttpResponse:
        return self.answer_page(cut_page(list(PACKS.values()), self.page_request()))

    @operation(
        "Buy coins",
        description="The coins are there once the buyer has approved the payment and it was captured.",
        body=CoinsInput,
        card=PaymentCard,
        status=201,
        example={"pack": "coins_500"},
    )
    def create(self, request: Request) -> HttpResponse:
        card = buy_coins(self.viewer, payment_id=self.intent_id, **self.read(CoinsInput))
        return self.answer(card, status=201, location=f"/api/v1/payments/{card.id}")


class GiftViewSet(ApiViewSet):
    """Gifts, which people give to a creator out of their coins."""

    limits = {"create": "payment"}
    idempotency_required = frozenset({"create"})

    @operation("List what can be given", description="The cheapest first.", page_of=GiftKindCard)
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(cut_page(list(GIFTS.values()), self.page_request()))

    @operation(
        "Read a gift that was given",
        description="For who gave it and who was given.",
        card=GiftCard,
    )
    def retrieve(self, request: Request, gift_id: str) -> HttpResponse:
        return self.answer(get_gift(self.viewer, self.path_id(gift_id)))

    @operation(
        "Give somebody a gift",
        description="Paid at once and for good out of one's coins; 10 % are the platform's.",
        body=GiftInput,
        card=GiftCard,
        status=201,
        errors=(PayingOneself, InsufficientFunds, NotFound),
        example={"gift": "heart", "quantity": 3, "note": "For the song"},
    )
    def create(self, request: Request, user: str) -> HttpResponse:
        values = self.read(GiftInput)
        card = send_gift(self.viewer, gift_id=self.intent_id, target_id=user_id_of(user), **values)
        return self.answer(card, status=201, location=f"/api/v1/gifts/{card.id}")
