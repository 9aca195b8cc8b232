"""Payments and refunds over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from grover.core.errors import NotFound
from grover.core.schema import operation
from grover.core.views import ApiViewSet
from payments.actions.payments import capture_payment
from payments.actions.refunds import refund_payment
from payments.cards.payments import PaymentCard, RefundCard
from payments.errors.payments import (
    InsufficientFunds,
    NothingToRefund,
    NotTheBuyer,
    NotTheSeller,
    PaymentDeclined,
    PaymentFrozen,
    PaymentNotApproved,
    PaymentOver,
    TooLateToRefund,
)
from payments.selectors.payments import get_payment, payments_of
from payments.serializers.payments import RefundInput


class PaymentViewSet(ApiViewSet):
    """What the viewer pays and is paid."""

    limits = {"capture": "payment", "refund": "payment"}
    idempotency_required = frozenset({"refund"})
    idempotency_in_steps = frozenset({"refund", "capture"})

    @operation(
        "List one's payments",
        description="What one paid and was paid, the newest first.",
        page_of=PaymentCard,
    )
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(payments_of(self.viewer, self.page_request()))

    @operation(
        "Read a payment",
        description="For who pays and who is paid.",
        card=PaymentCard,
    )
    def retrieve(self, request: Request, payment_id: str) -> HttpResponse:
        return self.answer(get_payment(self.viewer, self.path_id(payment_id)))

    @operation(
        "Take the money of a payment",
        description="Once its buyer has approved it; without being asked it is taken a little later."
        " Asking again gives the same.",
        card=PaymentCard,
        errors=(NotTheBuyer, PaymentNotApproved, PaymentDeclined, PaymentOver, PaymentFrozen),
    )
    def capture(self, request: Request, payment_id: str) -> HttpResponse:
        return self.answer(capture_payment(self.viewer, payment_id=self.path_id(payment_id)))

    @operation(
        "Give back a payment",
        description="For who was paid, within 30 days, and the staff; all that is left unless an `amount` is"
        " said. What the platform took of it is given back as well.",
        body=RefundInput,
        card=RefundCard,
        status=201,
        errors=(
            NotFound,
            NotTheSeller,
            NothingToRefund,
            TooLateToRefund,
            PaymentFrozen,
            InsufficientFunds,
        ),
        example={"amount": {"value": 500, "currency": "USD"}, "reason": "Sent back"},
    )
    def refund(self, request: Request, payment_id: str) -> HttpResponse:
        values = self.read(RefundInput)
        card = refund_payment(
            self.viewer,
            refund_id=self.intent_id,
            payment_id=self.path_id(payment_id),
            amount=values.get("amount"),
            reason=values["reason"],
        )
        return self.answer(card, status=201, location=f"/api/v1/payments/{card.payment_id}")
