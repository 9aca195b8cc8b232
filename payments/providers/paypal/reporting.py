"""PayPal's own books (Transaction Search v1), which show a transaction up to three hours late.

One call covers 31 days and 10,000 lines at most, so a longer time is asked for in parts, and a part that
holds too much is halved.
"""

import datetime as dt
from collections.abc import Iterator

from payments.cards.money import Money
from payments.providers.base import LineKind, SeenLine
from payments.providers.paypal.amounts import read_amount
from payments.providers.paypal.answers import Json, PayPalRefused, as_moment, read_moment, reads
from payments.providers.paypal.client import Client

LONGEST_WINDOW = dt.timedelta(days=31)
SHORTEST_WINDOW = dt.timedelta(minutes=1)
REFUND_BY_SELLER = "T1107"

_PAGE_SIZE = 500
_DONE = frozenset("SFV")  # also what was partly or wholly given back later; the rest is denied or pending
_RECEIVED = "T00"
_TO_MANY = "T0001"
_PAYOUTS_RETURNED = frozenset({"T1114", "T1115"})


def lines_between(
    client: Client, since: dt.datetime, until: dt.datetime, *, code: str = ""
) -> Iterator[SeenLine]:
    """Read all lines of a time, or those of one event code; each once."""
    seen: set[tuple[str, str]] = set()
    for said in _lines(client, since, until, code):
        key = _read_key(said)
        if key not in seen and said.get("transaction_status") in _DONE:
            seen.add(key)
            yield _read_line(said)


def refunds_between(client: Client, since: dt.datetime, until: dt.datetime) -> Iterator[tuple[str, SeenLine]]:
    """Read the refunds that we gave in a time, each with the id of what it gave back."""
    for said in _lines(client, since, until, REFUND_BY_SELLER):
        if said.get("transaction_status") in _DONE:
            yield str(said.get("paypal_reference_id", "")), _read_line(said)


def _lines(client: Client, since: dt.datetime, until: dt.datetime, code: str) -> Iterator[Json]:
    while since < until:
        end = min(since + LONGEST_WINDOW, until)
        yield from _lines_of_window(client, since, end, code)
        since = end


def _lines_of_window(client: Client, since: dt.datetime, until: dt.datetime, code: str) -> Iterator[Json]:
    try:
        first = _page(client, since, until, code, 1)
    except PayPalRefused as refusal:
        if "RESULTSET_TOO_LARGE" not in refusal.issues or until - since <= SHORTEST_WINDOW:
            raise
        middle = since + (until - since) / 2
        yield from _lines_of_window(client, since, middle, code)
        yield from _lines_of_window(client, middle, until, code)
        return
    yield from _read_infos(first)
    for number in range(2, int(first.get("total_pages", 1)) + 1):
        yield from _read_infos(_page(client, since, until, code, number))


def _page(client: Client, since: dt.datetime, until: dt.datetime, code: str, number: int) -> Json:
    params: dict[str, str | int] = {
        "start_date": as_moment(since),
        "end_date": as_moment(until),
        "fields": "transaction_info",
        "page_size": _PAGE_SIZE,
        "page": number,
    }
    if code:
        params["transaction_type"] = code
    return client.get("/v1/reporting/transactions", **params)


@reads
def _read_infos(page: Json) -> list[Json]:
    return [detail["transaction_info"] for detail in page["transaction_details"]]


@reads
def _read_key(said: Json) -> tuple[str, str]:
    return said["transaction_id"], said["transaction_event_code"]


@reads
def _read_line(said: Json) -> SeenLine:
    amount = read_amount(said["transaction_amount"])
    return SeenLine(
        id=said["transaction_id"],
        kind=_kind_of(said["transaction_event_code"], amount),
        amount=amount,
        reference=said.get("custom_field") or said.get("invoice_id") or "",
        happened_at=read_moment(said["transaction_initiation_date"]),
    )


def _kind_of(code: str, amount: Money) -> LineKind:
    """Read an event code: https://developer.paypal.com/docs/transaction-search/transaction-event-codes."""
    if code in _PAYOUTS_RETURNED or (code == _TO_MANY and amount.value < 0):
        return LineKind.PAYOUT
    if code == REFUND_BY_SELLER:
        return LineKind.REFUND
    if code.startswith(_RECEIVED) and code != _TO_MANY and amount.value > 0:
        return LineKind.CAPTURE
    return LineKind.OTHER
