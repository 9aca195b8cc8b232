"""Buying posts over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from content.actions.purchases import buy_post
from content.errors import NothingToBuy
from grover.core.errors import NotFound
from grover.core.schema import operation
from grover.core.views import ApiViewSet
from payments.cards.payments import PaymentCard
from payments.errors.payments import AlreadyBought, PayingOneself, PurchaseUnderWay


class PostPurchaseViewSet(ApiViewSet):
    """What readers pay for a post."""

    limits = {"create": "payment"}
    idempotency_required = frozenset({"create"})
    idempotency_in_steps = frozenset({"create"})

    @operation(
        "Buy a post",
        description="It is unlocked for good once the buyer has approved the payment at `approve_url` and the"
        " money was taken; 10 % of it are the platform's. While a payment for it is under way there is no"
        " second one.",
        card=PaymentCard,
        status=201,
        errors=(NothingToBuy, AlreadyBought, PurchaseUnderWay, PayingOneself, NotFound),
    )
    def create(self, request: Request, post_id: str) -> HttpResponse:
        card = buy_post(self.viewer, payment_id=self.intent_id, post_id=self.path_id(post_id))
        return self.answer(card, status=201, location=f"/api/v1/payments/{card.id}")
