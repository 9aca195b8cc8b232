"""Payouts over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.errors.identity import ReauthenticationRequired
from grover.core.errors import NotFound
from grover.core.schema import operation
from grover.core.views import ApiViewSet
from payments.actions.payout_accounts import change_payout_account
from payments.actions.payouts import request_payout
from payments.cards.payouts import PayoutAccountCard, PayoutCard
from payments.errors.payments import InsufficientFunds
from payments.errors.payouts import NoPayoutAccount, PayoutAccountTooNew
from payments.selectors.payouts import get_payout, get_payout_account, payouts_of
from payments.serializers.payouts import PayoutAccountInput, PayoutInput


class PayoutAccountViewSet(ApiViewSet):
    """Where the viewer is paid."""

    @operation("Read where one is paid", card=PayoutAccountCard, errors=(NotFound,))
    def retrieve(self, request: Request) -> HttpResponse:
        return self.answer(get_payout_account(self.viewer))

    @operation(
        "Say where one is paid",
        description="Asks for a recent password, and tells the owner by mail. Nothing is paid to another"
        " address within 24 hours.",
        body=PayoutAccountInput,
        card=PayoutAccountCard,
        errors=(ReauthenticationRequired,),
        example={"receiver": "ada@example.com"},
    )
    def update(self, request: Request) -> HttpResponse:
        return self.answer(change_payout_account(self.viewer, **self.read(PayoutAccountInput)))


class PayoutViewSet(ApiViewSet):
    """What the viewer is paid out."""

    limits = {"create": "payment"}
    idempotency_required = frozenset({"create"})

    @operation("List one's payouts", description="The newest first.", page_of=PayoutCard)
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(payouts_of(self.viewer, self.page_request()))

    @operation("Read a payout", card=PayoutCard)
    def retrieve(self, request: Request, payout_id: str) -> HttpResponse:
        return self.answer(get_payout(self.viewer, self.path_id(payout_id)))

    @operation(
        "Ask to be paid out",
        description="At least 20 dollars; all that is available unless an `amount` is said. It is set aside"
        " at once and sent within minutes; what cannot be paid is available again.",
        body=PayoutInput,
        card=PayoutCard,
        status=201,
        errors=(NoPayoutAccount, PayoutAccountTooNew, InsufficientFunds),
        example={"amount": {"value": 5_000, "currency": "USD"}},
    )
    def create(self, request: Request) -> HttpResponse:
        card = request_payout(self.viewer, payout_id=self.intent_id, **self.read(PayoutInput))
        return self.answer(card, status=201, location=f"/api/v1/me/payouts/{card.id}")
