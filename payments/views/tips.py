"""Tips over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.selectors.people import user_id_of
from grover.core.errors import NotFound
from grover.core.schema import operation
from grover.core.views import ApiViewSet
from payments.actions.tips import send_tip
from payments.cards.payments import PaymentCard, TipperCard
from payments.errors.payments import PayingOneself
from payments.selectors.tips import top_tippers
from payments.serializers.payments import TipInput


class TipViewSet(ApiViewSet):
    """What people give to a creator."""

    limits = {"create": "payment"}
    idempotency_required = frozenset({"create"})
    idempotency_in_steps = frozenset({"create"})

    @operation(
        "Tip somebody",
        description="1 to 500 dollars, of which 5 % are the platform's. The buyer approves it at"
        " `approve_url`, which is null while the payment provider does not answer: read the payment again.",
        body=TipInput,
        card=PaymentCard,
        status=201,
        errors=(PayingOneself, NotFound),
        example={"amount": {"value": 500, "currency": "USD"}, "note": "For the song"},
    )
    def create(self, request: Request, user: str) -> HttpResponse:
        values = self.read(TipInput)
        card = send_tip(self.viewer, payment_id=self.intent_id, target_id=user_id_of(user), **values)
        return self.answer(card, status=201, location=f"/api/v1/payments/{card.id}")

    @operation(
        "List who tipped somebody most",
        description="In all, of what was not given back; the most generous first.",
        page_of=TipperCard,
        errors=(NotFound,),
    )
    def top(self, request: Request, user: str) -> HttpResponse:
        return self.answer_page(top_tippers(self.viewer, user_id_of(user), self.page_request()))
