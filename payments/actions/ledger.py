"""Moving money: the one piece of code that changes a balance."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import F

from grover.core.db import atomic
from grover.core.ids import new_id
from payments.enums import OF_PEOPLE, TransferKind
from payments.errors.payments import InsufficientFunds
from payments.models import Entry, LedgerAccount, Transfer
from payments.policies.places import Leg, check_balanced


@atomic
def move(
    kind: TransferKind,
    *,
    key: str,
    legs: Sequence[Leg],
    author_id: uuid.UUID | None = None,
    reason: str = "",
) -> uuid.UUID:
    """Move money in one piece and give the id of the transfer; joins the caller's transaction.

    What was moved under this key before is not moved again. InsufficientFunds when a person has less
    than is taken from them. The caller must be `settled`: of two that open an account, or use a key, at
    the same moment one starts again.
    """
    check_balanced(legs)
    known = Transfer.objects.filter(key=key).values_list("pk", flat=True).first()
    if known is not None:
        return known
    transfer = Transfer(
        id=new_id(), kind=kind, key=key, entry_count=len(legs), author_id=author_id, reason=reason
    )
    transfer.save(force_insert=True)  # who comes second under this key goes no further
    entries = [_entry(transfer.pk, leg) for leg in legs]
    for entry, leg in sorted(zip(entries, legs, strict=True), key=lambda pair: pair[0].account_id):
        _add(entry.account_id, leg, leg.place.shard(transfer.pk))
    Entry.objects.bulk_create(entries)
    return transfer.pk


def _entry(transfer_id: uuid.UUID, leg: Leg) -> Entry:
    account_id = leg.place.account_id(leg.place.shard(transfer_id))
    return Entry(
        transfer_id=transfer_id, account_id=account_id, currency=leg.place.currency, amount=leg.amount
    )


def _add(account_id: uuid.UUID, leg: Leg, shard: int) -> None:
    """Change one balance; all take the accounts in the order of their ids, so no two wait for each other."""
    account = LedgerAccount.objects.filter(pk=account_id)
    may_fall = leg.amount > 0 or leg.may_owe or leg.place.kind not in OF_PEOPLE
    enough: dict[str, Any] = {} if may_fall else {"balance__gte": -leg.amount}
    if account.filter(**enough).update(balance=F("balance") + leg.amount) == 1:
        return
    if not may_fall:
        raise InsufficientFunds
    place = leg.place
    LedgerAccount.objects.create(
        id=account_id,
        owner_id=place.owner_id,
        kind=place.kind,
        currency=place.currency,
        shard=shard,
        balance=leg.amount,
    )
