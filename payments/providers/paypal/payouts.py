"""Paying people out (Payouts v1): a batch is done once for its name, in a month and longer."""

from collections.abc import Sequence

from payments.providers.base import NewPayout, PayoutState, SeenPayout
from payments.providers.paypal.amounts import decimal_of, read_amount
from payments.providers.paypal.answers import Json, PayPalRefused, find_link, in_path, reads
from payments.providers.paypal.client import Client

SUBJECT = "You have been paid"
LONGEST_NOTE = 1000

_PAYOUTS = "/v1/payments/payouts"
_PAGE_SIZE = 1000
_STATES = {
    "SUCCESS": PayoutState.COMPLETED,
    "PENDING": PayoutState.PENDING,
    "ONHOLD": PayoutState.PENDING,
    "UNCLAIMED": PayoutState.PENDING,  # comes back as RETURNED when nobody takes it in 30 days
    "FAILED": PayoutState.FAILED,
    "RETURNED": PayoutState.FAILED,
    "BLOCKED": PayoutState.FAILED,
    "REFUNDED": PayoutState.FAILED,
    "REVERSED": PayoutState.FAILED,
    "DENIED": PayoutState.FAILED,
    "CANCELED": PayoutState.FAILED,
}
_NEVER_DONE = ("DENIED", "CANCELED")


def create_payouts(client: Client, payouts: Sequence[NewPayout], *, batch: str) -> str:
    """Pay people out; of a batch that PayPal has by this name the id is in its refusal."""
    body = {
        "sender_batch_header": {"sender_batch_id": batch, "email_subject": SUBJECT},
        "items": [_as_item(payout) for payout in payouts],
    }
    try:
        return _read_batch_id(client.post(_PAYOUTS, body, request_id=batch))
    except PayPalRefused as refusal:
        path, _, batch_id = find_link(refusal.links, "self").rpartition("/")
        if not path.endswith(_PAYOUTS) or not batch_id:
            raise
        return batch_id


def get_payouts(client: Client, batch_id: str) -> tuple[SeenPayout, ...]:
    """Read all payouts of a batch."""
    found: dict[str, SeenPayout] = {}
    number = pages = 1
    while number <= pages:
        page = client.get(
            f"{_PAYOUTS}/{in_path(batch_id)}", page=number, page_size=_PAGE_SIZE, total_required="true"
        )
        found |= _read_payouts(page)
        pages, number = int(page.get("total_pages") or 1), number + 1
    return tuple(found.values())


def _as_item(payout: NewPayout) -> Json:
    return {
        "recipient_type": "EMAIL" if "@" in payout.receiver else "PAYPAL_ID",
        "receiver": payout.receiver,
        "amount": {"currency": payout.amount.currency, "value": decimal_of(payout.amount)},
        "sender_item_id": payout.reference,
        "note": payout.note[:LONGEST_NOTE],
    }


@reads
def _read_batch_id(said: Json) -> str:
    return str(said["batch_header"]["payout_batch_id"])


@reads
def _read_payouts(page: Json) -> dict[str, SeenPayout]:
    is_never_done = page["batch_header"]["batch_status"] in _NEVER_DONE
    return {said["payout_item_id"]: _read_payout(said, is_never_done) for said in page.get("items", [])}


def _read_payout(said: Json, is_never_done: bool) -> SeenPayout:
    item = said["payout_item"]
    return SeenPayout(
        id=said["payout_item_id"],
        state=PayoutState.FAILED if is_never_done else _STATES[said.get("transaction_status", "PENDING")],
        reference=item.get("sender_item_id") or "",
        amount=read_amount(item["amount"]),
        reason=(said.get("errors") or {}).get("name") or "",
    )
