"""Orders of the sandbox: approved on its page, captured by us, refunded by us."""

from typing import Any

from django.conf import settings

from grover.core.db import atomic
from grover.core.providers import ProviderRefused
from grover.core.races import settled
from payments.cards.money import Money
from payments.providers.base import (
    CaptureState,
    NewOrder,
    OrderState,
    RefundState,
    SeenCapture,
    SeenOrder,
    SeenRefund,
)
from payments.providers.sandbox.records import SandboxRecord, change, recall, record

KIND = "order"
PAYEE = "sandbox-platform"


class SandboxOrders:
    """Takes money once, and gives it back."""

    def create_order(self, order: NewOrder, *, request_id: str) -> SeenOrder:
        document = {
            "state": OrderState.CREATED,
            "reference": order.reference,
            "value": order.amount.value,
            "currency": order.amount.currency,
            "description": order.description,
            "return_url": order.return_url,
            "cancel_url": order.cancel_url,
            "capture": None,
            "refunds": [],
        }
        return seen(record(KIND, request_id, document))

    def get_order(self, order_id: str) -> SeenOrder:
        return seen(recall(KIND, order_id))

    @settled
    @atomic
    def capture_order(self, order_id: str, *, request_id: str) -> SeenOrder:
        known = recall(KIND, order_id)
        if known.document["state"] == OrderState.COMPLETED:
            return seen(known)
        if known.document["state"] != OrderState.APPROVED:
            raise ProviderRefused("The buyer has not approved this order")
        capture = {"state": CaptureState.COMPLETED}
        return seen(change(known, {**known.document, "state": OrderState.COMPLETED, "capture": capture}))

    @settled
    @atomic
    def refund_capture(
        self, capture_id: str, amount: Money, *, reference: str, request_id: str
    ) -> SeenRefund:
        known = recall(KIND, capture_id.removesuffix("-capture"))
        refunds = known.document["refunds"]
        for number, refund in enumerate(refunds):
            if refund["request_id"] == request_id:
                return _refund(known, number, refund)
        if amount.currency != known.document["currency"] or amount.value > refundable(known):
            raise ProviderRefused("Not so much is left of this payment")
        refund = {"value": amount.value, "reference": reference, "request_id": request_id}
        change(known, {**known.document, "refunds": [*refunds, refund]})
        return _refund(known, len(refunds), refund)

    def get_refund(self, refund_id: str) -> SeenRefund:
        order_id, _, number = refund_id.partition("-refund-")
        known = recall(KIND, order_id)
        return _refund(known, int(number), known.document["refunds"][int(number)])


@settled
@atomic
def decide(order_id: str, *, approves: bool) -> SeenOrder:
    """Approve or decline an order, as its buyer; it is decided once."""
    known = recall(KIND, order_id)
    if known.document["state"] == OrderState.CREATED:
        state = OrderState.APPROVED if approves else OrderState.VOIDED
        change(known, {**known.document, "state": state})
    return seen(known)


def refundable(known: SandboxRecord) -> int:
    """Tell how much of an order can still be given back."""
    taken = known.document["value"] if known.document["capture"] is not None else 0
    return int(taken - sum(refund["value"] for refund in known.document["refunds"]))


def seen(known: SandboxRecord) -> SeenOrder:
    """Say of an order what the sandbox knows."""
    document = known.document
    waits = document["state"] == OrderState.CREATED
    return SeenOrder(
        id=known.key,
        state=OrderState(document["state"]),
        reference=document["reference"],
        amount=_money(document),
        payee=PAYEE,
        approve_url=f"{settings.PUBLIC_URL}/sandbox/orders/{known.key}" if waits else "",
        capture=_capture(known),
    )


def _capture(known: SandboxRecord) -> SeenCapture | None:
    capture = known.document["capture"]
    if capture is None:
        return None
    return SeenCapture(
        id=f"{known.key}-capture",
        state=CaptureState(capture["state"]),
        amount=_money(known.document),
        refunds=tuple(
            _refund(known, number, refund) for number, refund in enumerate(known.document["refunds"])
        ),
    )


def _refund(known: SandboxRecord, number: int, refund: dict[str, Any]) -> SeenRefund:
    return SeenRefund(
        id=f"{known.key}-refund-{number}",
        state=RefundState.COMPLETED,
        amount=Money(refund["value"], known.document["currency"]),
        reference=refund["reference"],
    )


def _money(document: dict[str, Any]) -> Money:
    return Money(document["value"], document["currency"])
