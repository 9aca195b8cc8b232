"""Statements: what a month brought and took, line by line, from its opening balance to its closing one.

The balance is all that is available, pending or reserved; coins are not in it. Moving money from one of
these to another one changes nothing and is left out.
"""

import datetime as dt
import heapq
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, islice

from django.conf import settings
from django.db.models import Sum

from grover.core.csv_files import Cell, csv_lines
from grover.core.ids import created_at, smallest_id_at
from grover.core.moments import present
from grover.core.viewers import Viewer
from payments.enums import AccountKind, TransferKind
from payments.models import Entry, Payment, Transfer
from payments.policies.movements import about_of
from payments.policies.places import SHARDS, Place, of_platform
from payments.policies.statements import Month, month_of

HEADER = ("date", "kind", "what", "currency", "gross", "fee", "net", "balance")
IN_BALANCE = (AccountKind.AVAILABLE, AccountKind.PENDING, AccountKind.RESERVED)
AT_ONCE = 500

Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Movement:
    """What a transfer brought somebody in one currency, with the platform's fee in it."""

    transfer: Transfer
    currency: str
    net: int
    fee: int


def statement_of(viewer: Viewer, month: str) -> Iterator[bytes]:
    """Write the viewer's statement of a month such as `2026-11`, as CSV, while it is read.

    NotFound at once when there is none. Needs some queries for every 500 movements.
    """
    now = present()
    span = month_of(month, since=created_at(viewer.id), now=now)
    end = min(span.end, now + dt.timedelta(milliseconds=1))
    return csv_lines(HEADER, _rows(viewer.id, Month(span.start, end)))


def _rows(user_id: uuid.UUID, month: Month) -> Iterator[Row]:
    since, until = smallest_id_at(month.start), smallest_id_at(month.end)
    account_ids = [
        Place(user_id, kind, currency).account_id(0)
        for kind in IN_BALANCE
        for currency in settings.CURRENCIES
    ]
    balances = _balances(account_ids, since)
    for currency in settings.CURRENCIES:
        yield _balance_row(month.start, "opening balance", currency, balances[currency])
    for ids in _parts(_transfer_ids(account_ids, since, until)):
        movements = _movements(account_ids, ids)
        purposes = _purposes(movements)
        for movement in movements:
            balances[movement.currency] += movement.net
            yield _movement_row(movement, purposes, balances[movement.currency])
    for currency in settings.CURRENCIES:
        yield _balance_row(month.end, "closing balance", currency, balances[currency])


def _balances(account_ids: Sequence[uuid.UUID], before: uuid.UUID) -> Counter[str]:
    entries = Entry.objects.filter(account_id__in=account_ids, transfer_id__lt=before)
    return Counter(dict(entries.values_list("currency").annotate(Sum("amount"))))


def _transfer_ids(
    account_ids: Sequence[uuid.UUID], since: uuid.UUID, until: uuid.UUID
) -> Iterator[uuid.UUID]:
    """List the transfers that touched any of some accounts, the earliest first, each account by its index."""
    listed = (_transfers_of(account_id, since, until) for account_id in account_ids)
    return (transfer_id for transfer_id, _ in groupby(heapq.merge(*listed)))


def _transfers_of(account_id: uuid.UUID, since: uuid.UUID, until: uuid.UUID) -> Iterator[uuid.UUID]:
    rows = Entry.objects.filter(account_id=account_id, transfer_id__lt=until).order_by("transfer_id")
    keys = rows.values_list("transfer_id", flat=True)
    ids = list(keys.filter(transfer_id__gte=since)[:AT_ONCE])
    while ids:
        yield from ids
        ids = list(keys.filter(transfer_id__gt=ids[-1])[:AT_ONCE])


def _parts(ids: Iterator[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    while part := list(islice(ids, AT_ONCE)):
        yield part


def _movements(account_ids: Sequence[uuid.UUID], ids: Sequence[uuid.UUID]) -> list[Movement]:
    """Read what some transfers brought, without those that only moved money to and fro; in two queries."""
    entries = Entry.objects.filter(transfer_id__in=ids, account_id__in=account_ids)
    nets: dict[tuple[uuid.UUID, str], int] = defaultdict(int)
    transfers = {}
    for entry in entries.select_related("transfer"):
        transfers[entry.transfer_id] = entry.transfer
        nets[entry.transfer_id, entry.currency] += entry.amount
    fees = _fees(ids)
    return [
        Movement(transfers[key[0]], key[1], net, _fee_in(transfers[key[0]], fees[key]))
        for key, net in sorted(nets.items())
        if net
    ]


def _fees(ids: Sequence[uuid.UUID]) -> Counter[tuple[uuid.UUID, str]]:
    places = [of_platform(AccountKind.FEES, currency) for currency in settings.CURRENCIES]
    account_ids = [place.account_id(shard) for place in places for shard in range(SHARDS)]
    entries = Entry.objects.filter(transfer_id__in=ids, account_id__in=account_ids)
    return Counter(
        {
            (key, currency): amount
            for key, currency, amount in entries.values_list("transfer_id", "currency", "amount")
        }
    )


def _fee_in(transfer: Transfer, of_platform_: int) -> int:
    return 0 if transfer.kind == TransferKind.CORRECTION else of_platform_


def _purposes(movements: Sequence[Movement]) -> dict[uuid.UUID, str]:
    """Tell what the payments among some movements were for."""
    abouts = [about_of(movement.transfer.key) for movement in movements]
    ids = [about.id for about in abouts if about is not None and about.kind == "payment"]
    return dict(Payment.objects.filter(pk__in=ids).values_list("pk", "purpose"))


def _movement_row(movement: Movement, purposes: dict[uuid.UUID, str], balance: int) -> Row:
    about = about_of(movement.transfer.key)
    what = "" if about is None else f"{purposes.get(about.id, about.kind)} {about.id}"
    return (
        _moment(movement.transfer.created_at),
        movement.transfer.kind,
        what,
        movement.currency,
        _units(movement.net + movement.fee),
        _units(movement.fee),
        _units(movement.net),
        _units(balance),
    )


def _balance_row(moment: dt.datetime, kind: str, currency: str, balance: int) -> Row:
    return (_moment(moment), kind, "", currency, "", "", "", _units(balance))


def _moment(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _units(cents: int) -> Decimal:
    """Write an amount of a currency with cents as a number of its units."""
    return Decimal(cents).scaleb(-2).quantize(Decimal("0.01"))
