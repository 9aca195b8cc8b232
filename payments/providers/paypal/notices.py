"""Reading what a webhook is about.

Its body may be forged, so nothing is taken from it but the names of things.
"""

from collections.abc import Callable
from typing import Any

from grover.core.errors import MalformedBody
from grover.core.parsing import decode_object
from payments.providers.base import About, SeenEvent, SignatureInvalid
from payments.providers.paypal.answers import Json, find_link, is_id, read_moment
from payments.providers.paypal.orders import capture_of

LONGEST_TYPE = 64
LONGEST_REFERENCE = 127

_Named = tuple[About, Any, Any]
_NOTHING: _Named = (About.OTHER, "", "")


def read_notice(body: bytes) -> SeenEvent:
    """Read a webhook; SignatureInvalid when it is in no form that PayPal sends."""
    if rb"\u0000" in body:
        raise SignatureInvalid("The body has characters that nobody sends")
    try:
        said = decode_object(body)
        happened_at = read_moment(said["create_time"])
    except (MalformedBody, LookupError, TypeError, ValueError, OverflowError):
        raise SignatureInvalid("The body is no event") from None
    event_type = said.get("event_type")
    if not is_id(said.get("id")) or not isinstance(event_type, str) or len(event_type) > LONGEST_TYPE:
        raise SignatureInvalid("The body is no event")
    about, thing_id, reference = _named_in(event_type, said.get("resource"))
    return SeenEvent(
        id=said["id"],
        type=event_type,
        about=about,
        thing_id=thing_id,
        reference=reference,
        happened_at=happened_at,
        body=said,
    )


def _named_in(event_type: str, resource: object) -> tuple[About, str, str]:
    """Give what an event is about; nothing when what it names cannot be asked about."""
    for start, read in _READERS.items():
        if event_type.startswith(start) and isinstance(resource, dict):
            try:
                about, thing_id, reference = read(resource)
            except (LookupError, TypeError, AttributeError):
                break
            return (about, thing_id, _as_reference(reference)) if is_id(thing_id) else _NOTHING
    return _NOTHING


def _as_reference(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= LONGEST_REFERENCE else ""


def _order(resource: Json) -> _Named:
    units = resource.get("purchase_units") or [{}]
    return About.ORDER, resource.get("order_id") or resource["id"], units[0].get("custom_id")


def _capture(resource: Json) -> _Named:
    """Read a capture, which links up to its order, or a refund, which links up to its capture."""
    up = find_link(resource.get("links", []), "up")
    thing_id = capture_of(resource) if "/captures/" in up else resource["id"]
    return About.CAPTURE, thing_id, resource.get("custom_id")


def _sale(resource: Json) -> _Named:
    """Read a charge of a subscription, or a refund of one, which may name the charge alone."""
    reference = resource.get("custom") or resource.get("custom_id")
    if resource.get("billing_agreement_id"):
        return About.SUBSCRIPTION, resource["billing_agreement_id"], reference
    return About.CAPTURE, resource.get("sale_id") or resource["id"], reference


def _subscription(resource: Json) -> _Named:
    return About.SUBSCRIPTION, resource["id"], resource.get("custom_id")


def _batch(resource: Json) -> _Named:
    header = resource["batch_header"]
    return (
        About.PAYOUT,
        header["payout_batch_id"],
        header.get("sender_batch_header", {}).get("sender_batch_id"),
    )


def _item(resource: Json) -> _Named:
    return About.PAYOUT, resource["payout_batch_id"], resource.get("payout_item", {}).get("sender_item_id")


def _dispute(resource: Json) -> _Named:
    transactions = resource.get("disputed_transactions") or [{}]
    return About.DISPUTE, resource["dispute_id"], transactions[0].get("custom")


_READERS: dict[str, Callable[[Json], _Named]] = {
    "CHECKOUT.ORDER.": _order,
    "CHECKOUT.PAYMENT-APPROVAL.": _order,
    "PAYMENT.CAPTURE.": _capture,
    "PAYMENT.REFUND.": _capture,
    "PAYMENT.SALE.": _sale,
    "BILLING.SUBSCRIPTION.": _subscription,
    "PAYMENT.PAYOUTSBATCH.": _batch,
    "PAYMENT.PAYOUTS-ITEM.": _item,
    "CUSTOMER.DISPUTE.": _dispute,
}
