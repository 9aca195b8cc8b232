"""Orders, what was captured of them, and what was given back (Orders v2, Payments v2).

An order has one purchase unit, and one capture that counts: after a declined one the buyer may try anew.
"""

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
from payments.providers.paypal.amounts import as_amount, read_amount
from payments.providers.paypal.answers import Json, PayPalRefused, find_link, in_path, reads
from payments.providers.paypal.client import Client

LONGEST_TEXT = 127

_ORDERS = "/v2/checkout/orders"
_ORDER_STATES = {
    "CREATED": OrderState.CREATED,
    "SAVED": OrderState.CREATED,
    "PAYER_ACTION_REQUIRED": OrderState.CREATED,
    "APPROVED": OrderState.APPROVED,
    "COMPLETED": OrderState.COMPLETED,
    "VOIDED": OrderState.VOIDED,
}
CAPTURE_STATES = {
    "PENDING": CaptureState.PENDING,
    "COMPLETED": CaptureState.COMPLETED,
    "PARTIALLY_REFUNDED": CaptureState.COMPLETED,
    "REFUNDED": CaptureState.COMPLETED,
    "DECLINED": CaptureState.DECLINED,
    "FAILED": CaptureState.DECLINED,
}
_REFUND_STATES = {
    "PENDING": RefundState.PENDING,
    "COMPLETED": RefundState.COMPLETED,
    "FAILED": RefundState.FAILED,
    "CANCELLED": RefundState.FAILED,
}
_BEST_FIRST = (CaptureState.COMPLETED, CaptureState.PENDING, CaptureState.DECLINED)


def create_order(client: Client, order: NewOrder, *, payee: str, request_id: str) -> SeenOrder:
    """Ask for an order that is paid to the payee, with nothing to be sent to the buyer's address."""
    unit = {
        "custom_id": order.reference,
        "invoice_id": order.reference,
        "description": order.description[:LONGEST_TEXT],
        "amount": as_amount(order.amount),
        "payee": {"merchant_id": payee},
    }
    experience = {
        "return_url": order.return_url,
        "cancel_url": order.cancel_url,
        "shipping_preference": "NO_SHIPPING",
        "user_action": "PAY_NOW",
    }
    body = {
        "intent": "CAPTURE",
        "purchase_units": [unit],
        "payment_source": {"paypal": {"experience_context": experience}},
    }
    return _read_order(client.post(_ORDERS, body, request_id=request_id))


def get_order(client: Client, order_id: str) -> SeenOrder:
    """Read an order."""
    return _read_order(client.get(f"{_ORDERS}/{in_path(order_id)}"))


def capture_order(client: Client, order_id: str, *, request_id: str) -> SeenOrder:
    """Take the money of an order; one that was captured under whatever request id is read anew."""
    try:
        return _read_order(client.post(f"{_ORDERS}/{in_path(order_id)}/capture", {}, request_id=request_id))
    except PayPalRefused as refusal:
        if "ORDER_ALREADY_CAPTURED" not in refusal.issues:
            raise
    return get_order(client, order_id)


def refund_capture(
    client: Client, capture_id: str, amount: Money, *, reference: str, request_id: str
) -> SeenRefund:
    """Give back some of a capture, or of a charge for a subscription."""
    body = {"amount": as_amount(amount), "custom_id": reference, "invoice_id": reference}
    path = f"/v2/payments/captures/{in_path(capture_id)}/refund"
    return _read_refund(client.post(path, body, request_id=request_id))


def get_refund(client: Client, refund_id: str) -> SeenRefund:
    """Read a refund."""
    return _read_refund(client.get(f"/v2/payments/refunds/{in_path(refund_id)}"))


@reads
def _read_order(said: Json) -> SeenOrder:
    (unit,) = said["purchase_units"]
    state = _ORDER_STATES[said["status"]]
    approve_url = find_link(said.get("links", []), "payer-action", "approve")
    return SeenOrder(
        id=said["id"],
        state=state,
        reference=unit.get("custom_id") or unit.get("invoice_id") or "",
        amount=read_amount(unit["amount"]),
        payee=unit.get("payee", {}).get("merchant_id", ""),
        approve_url=approve_url if state == OrderState.CREATED else "",
        capture=_best_capture(unit.get("payments", {})),
    )


def _best_capture(payments: Json) -> SeenCapture | None:
    refunds = payments.get("refunds", [])
    captures = [_read_capture(said, refunds) for said in payments.get("captures", [])]
    return min(captures, key=lambda capture: _BEST_FIRST.index(capture.state), default=None)


def _read_capture(said: Json, refunds: list[Json]) -> SeenCapture:
    return SeenCapture(
        id=said["id"],
        state=CAPTURE_STATES[said["status"]],
        amount=read_amount(said["amount"]),
        refunds=tuple(_read_refund(refund) for refund in refunds if capture_of(refund) == said["id"]),
    )


@reads
def _read_refund(said: Json) -> SeenRefund:
    return SeenRefund(
        id=said["id"],
        state=_REFUND_STATES[said["status"]],
        amount=read_amount(said["amount"]),
        reference=said.get("custom_id") or said.get("invoice_id") or "",
    )


def capture_of(refund: Json) -> str:
    """Read from a refund's link upwards which capture it gives back."""
    return find_link(refund.get("links", []), "up").rpartition("/")[2]
