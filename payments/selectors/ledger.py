"""What the ledger says, and whether it is true."""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Count, F, QuerySet, Sum

from grover.core.db import atomic
from payments.enums import UNDER_WAY, AccountKind
from payments.models import Entry, Hold, LedgerAccount, Payout, Transfer
from payments.policies.places import Place

NEVER_OWING = (AccountKind.PENDING, AccountKind.RESERVED, AccountKind.COINS)
Balances = dict[tuple[AccountKind, str], int]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the ledger that cannot be."""

    kind: str
    id: uuid.UUID
    expected: int
    found: int


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """How much there is in the ledger, and what is wrong with it."""

    accounts: int
    transfers: int
    entries: int
    faults: list[Fault]

    @property
    def is_balanced(self) -> bool:
        return not self.faults

    def as_document(self) -> dict[str, Any]:
        """Give it as it is printed."""
        return {"balanced": self.is_balanced, **asdict(self)}


def balance_of(place: Place) -> int:
    """Read how much is in an account, over all its shards."""
    rows = LedgerAccount.objects.filter(owner_id=place.owner_id, kind=place.kind, currency=place.currency)
    return rows.aggregate(total=Sum("balance"))["total"] or 0


def balances_of(owner_id: uuid.UUID) -> Balances:
    """Read all that somebody has, by purpose and currency, in one query."""
    found: Balances = defaultdict(int)
    rows = LedgerAccount.objects.filter(owner_id=owner_id).values_list("kind", "currency", "balance")
    for kind, currency, balance in rows:
        found[AccountKind(kind), currency] += balance
    return dict(found)


def check_ledger() -> LedgerReport:
    """Add everything up again, while money may be moving: a few queries, whatever the size."""
    held = Hold.objects.filter(is_released=False)
    under_way = Payout.objects.filter(state__in=UNDER_WAY)
    faults = [
        *_unbalanced(),
        *_torn(),
        *_drifted(),
        *_owing(),
        *_unaccounted(AccountKind.PENDING, held, "owner_id"),
        *_unaccounted(AccountKind.RESERVED, under_way, "user_id"),
    ]
    return LedgerReport(
        accounts=LedgerAccount.objects.count(),
        transfers=Transfer.objects.count(),
        entries=Entry.objects.count(),
        faults=faults,
    )


def _unbalanced() -> Iterator[Fault]:
    """Find transfers that made money appear or vanish."""
    totals = Entry.objects.values("transfer_id", "currency").annotate(total=Sum("amount"))
    for row in totals.exclude(total=0).order_by("transfer_id"):
        yield Fault("unbalanced_transfer", row["transfer_id"], 0, row["total"])


def _torn() -> Iterator[Fault]:
    """Find transfers that lack an entry, or have one too many."""
    said = Transfer.objects.aggregate(total=Sum("entry_count"))["total"] or 0
    if said == Entry.objects.count():
        return
    found = Transfer.objects.values("pk", "entry_count").annotate(total=Count("entries"))
    for row in found.exclude(total=F("entry_count")).order_by("pk"):
        yield Fault("torn_transfer", row["pk"], row["entry_count"], row["total"])


def _drifted() -> Iterator[Fault]:
    """Find balances that are not the sum of their entries; each suspect is looked at again by itself."""
    totals = dict(Entry.objects.values_list("account_id").annotate(total=Sum("amount")))
    for account_id, balance in LedgerAccount.objects.values_list("pk", "balance").order_by("pk"):
        if totals.get(account_id, 0) != balance:
            yield from _settle(account_id)


@atomic
def _settle(account_id: uuid.UUID) -> list[Fault]:
    """Compare one balance with its entries while nobody can change it."""
    account = LedgerAccount.objects.filter(pk=account_id)
    account.update(balance=F("balance"))  # others wait for this row, or start again
    balance = account.values_list("balance", flat=True).get()
    total = Entry.objects.filter(account_id=account_id).aggregate(total=Sum("amount"))["total"] or 0
    return [] if balance == total else [Fault("drifted_balance", account_id, total, balance)]


def _unaccounted(kind: AccountKind, parts: QuerySet[Any], owner: str) -> Iterator[Fault]:
    """Find balances that are not the sum of their parts; each suspect is looked at again by itself."""
    rows = parts.values_list(owner, "currency").annotate(total=Sum("amount"))
    totals = {(owner_id, currency): total for owner_id, currency, total in rows}
    accounts = LedgerAccount.objects.filter(kind=kind).order_by("pk")
    for account_id, owner_id, currency, balance in accounts.values_list(
        "pk", "owner_id", "currency", "balance"
    ):
        if totals.get((owner_id, currency), 0) != balance:
            yield from _settle_parts(account_id, parts, owner)


@atomic
def _settle_parts(account_id: uuid.UUID, parts: QuerySet[Any], owner: str) -> list[Fault]:
    """Compare a balance with its parts while nobody can change it."""
    account = LedgerAccount.objects.filter(pk=account_id)
    account.update(balance=F("balance"))
    owner_id, kind, currency, balance = account.values_list("owner_id", "kind", "currency", "balance").get()
    of_owner = parts.filter(**{owner: owner_id, "currency": currency})
    total = of_owner.aggregate(total=Sum("amount"))["total"] or 0
    return [] if balance == total else [Fault(f"unaccounted_{kind}", account_id, total, balance)]


def _owing() -> Iterator[Fault]:
    """Find accounts of people that are below zero and may not be."""
    below = LedgerAccount.objects.filter(kind__in=NEVER_OWING, balance__lt=0).order_by("pk")
    for account_id, balance in below.values_list("pk", "balance"):
        yield Fault("owing_account", account_id, 0, balance)
