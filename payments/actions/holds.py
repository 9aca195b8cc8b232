"""Income that is pending: put aside when it comes, released a week later, taken back before or after.

The sum of a creator's holds that are not released is their pending balance. These functions change the
holds and give the legs of the transfer that the caller moves; both stand in one transaction.
"""

import datetime as dt
import uuid

from django.db.models import F

from grover.core.db import atomic
from grover.core.races import LostRace, settled
from payments.actions.ledger import move
from payments.cards.money import Money
from payments.enums import AccountKind, TransferKind
from payments.models import Hold
from payments.policies.places import Leg, Place

HELD = dt.timedelta(days=7)
RELEASED_AT_ONCE = 500


def hold(owner_id: uuid.UUID, amount: Money, *, source_id: uuid.UUID, now: dt.datetime) -> list[Leg]:
    """Put income aside for a week."""
    Hold.objects.create(
        owner_id=owner_id,
        source_id=source_id,
        currency=amount.currency,
        amount=amount.value,
        release_at=now + HELD,
    )
    return [Leg(Place(owner_id, AccountKind.PENDING, amount.currency), amount.value)]


def take_back(owner_id: uuid.UUID, amount: Money, *, source_id: uuid.UUID) -> list[Leg]:
    """Take of an income what is still pending, the rest of what is available, which may fall below zero."""
    found = _held(source_id)
    pending = 0 if found is None else min(found.amount, amount.value)
    if found is not None and pending:
        _change(found, -pending)
    legs = [
        Leg(Place(owner_id, AccountKind.PENDING, amount.currency), -pending),
        Leg(Place(owner_id, AccountKind.AVAILABLE, amount.currency), pending - amount.value, may_owe=True),
    ]
    return [leg for leg in legs if leg.amount]


def give_again(owner_id: uuid.UUID, amount: Money, *, source_id: uuid.UUID) -> list[Leg]:
    """Give back what was taken of an income: pending while the rest of it is, else available."""
    found = _held(source_id)
    if found is None:
        return [Leg(Place(owner_id, AccountKind.AVAILABLE, amount.currency), amount.value)]
    _change(found, amount.value)
    return [Leg(Place(owner_id, AccountKind.PENDING, amount.currency), amount.value)]


def release_due(now: dt.datetime) -> int:
    """Make available what was pending for long enough, and give the number of incomes; may run twice."""
    due = Hold.objects.filter(is_released=False, release_at__lte=now).order_by("release_at")
    ids = list(due.values_list("pk", flat=True)[:RELEASED_AT_ONCE])
    for hold_id in ids:
        release(hold_id)
    return len(ids)


@settled
@atomic
def release(hold_id: uuid.UUID) -> None:
    """Make one income available; what was released stays so."""
    found = Hold.objects.filter(pk=hold_id, is_released=False).first()
    if found is None:
        return
    same = Hold.objects.filter(pk=hold_id, is_released=False, amount=found.amount)
    if same.update(is_released=True) != 1:
        raise LostRace
    if found.amount:
        pending = Place(found.owner_id, AccountKind.PENDING, found.currency)
        available = Place(found.owner_id, AccountKind.AVAILABLE, found.currency)
        legs = [Leg(pending, -found.amount), Leg(available, found.amount)]
        move(TransferKind.RELEASE, key=f"release:{hold_id}", legs=legs)


def _held(source_id: uuid.UUID) -> Hold | None:
    return Hold.objects.filter(source_id=source_id, is_released=False).first()


def _change(found: Hold, amount: int) -> None:
    same = Hold.objects.filter(pk=found.pk, is_released=False, amount=found.amount)
    if same.update(amount=F("amount") + amount) != 1:
        raise LostRace
