"""Buyers who want their money back through PayPal (Disputes v1)."""

import datetime as dt
from collections.abc import Iterator

from payments.enums import DisputeState
from payments.providers.base import SeenDispute
from payments.providers.paypal.amounts import read_amount
from payments.providers.paypal.answers import Json, as_moment, in_path, reads
from payments.providers.paypal.client import Client

LONGEST_LOOK_BACK = dt.timedelta(days=179)

_DISPUTES = "/v1/customer/disputes"
_PAGE_SIZE = 50
_OUTCOMES = {
    "RESOLVED_BUYER_FAVOUR": DisputeState.LOST,
    "ACCEPTED": DisputeState.LOST,
    "RESOLVED_SELLER_FAVOUR": DisputeState.WON,
    "RESOLVED_WITH_PAYOUT": DisputeState.WON,  # PayPal paid the buyer, not we
    "CANCELED_BY_BUYER": DisputeState.WON,
    "DENIED": DisputeState.WON,
}


def get_dispute(client: Client, dispute_id: str) -> SeenDispute:
    """Read a dispute; its amount is what the buyer wants, and what they got once it is lost."""
    return _read_dispute(client.get(f"{_DISPUTES}/{in_path(dispute_id)}"))


def disputes_since(client: Client, since: dt.datetime) -> Iterator[SeenDispute]:
    """Read the disputes that changed since a moment; PayPal looks back 180 days at most."""
    since = max(since, dt.datetime.now(dt.UTC) - LONGEST_LOOK_BACK)
    for page in client.pages(_DISPUTES, update_time_after=as_moment(since), page_size=_PAGE_SIZE):
        for dispute_id in _read_ids(page):
            yield get_dispute(client, dispute_id)


@reads
def _read_ids(page: Json) -> list[str]:
    return [said["dispute_id"] for said in page.get("items", [])]


@reads
def _read_dispute(said: Json) -> SeenDispute:
    outcome = said.get("dispute_outcome") or {}
    code = str(outcome.get("outcome_code")) if said["status"] == "RESOLVED" else ""
    state = _OUTCOMES.get(code, DisputeState.OPEN)
    refunded = outcome.get("amount_refunded") if state == DisputeState.LOST else None
    return SeenDispute(
        id=said["dispute_id"],
        state=state,
        capture_id=_read_capture_id(said),
        amount=read_amount(refunded or said["dispute_amount"]),
        reason=said.get("reason") or "",
    )


def _read_capture_id(said: Json) -> str:
    transactions = said.get("disputed_transactions", [])
    return next((str(found["seller_transaction_id"]) for found in transactions), "")
