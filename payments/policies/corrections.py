"""Which corrections may be, and who decides about them."""

import uuid

from payments.enums import OF_PEOPLE, AccountKind
from payments.errors.staff import CorrectionInvalid, SecondPersonNeeded
from payments.models import Correction
from payments.policies.places import Place, of_platform

ALONE_UP_TO = 10_000  # minor units
FOLLOWED = frozenset({AccountKind.PENDING, AccountKind.RESERVED})
"""Accounts whose money is accounted for one by one elsewhere, as holds and payouts."""


def check_can_be(correction: Correction) -> None:
    """Refuse what names no two accounts, or one that must not be moved by hand."""
    if correction.amount < 1:
        raise CorrectionInvalid("An amount is at least 1")
    for owner_id, kind in _ends(correction):
        if kind in FOLLOWED:
            raise CorrectionInvalid("Pending and reserved money belongs to payments and payouts")
        if (owner_id is None) == (kind in OF_PEOPLE):
            raise CorrectionInvalid("People have available money and coins, the platform the other accounts")
    if place_from(correction) == place_to(correction):
        raise CorrectionInvalid("The two accounts are the same")


def needs_second_person(correction: Correction) -> bool:
    """Tell whether a correction is too large for one person."""
    return correction.amount > ALONE_UP_TO


def check_can_decide(correction: Correction, staff_id: uuid.UUID) -> None:
    """Refuse who proposed it."""
    if correction.author_id == staff_id:
        raise SecondPersonNeeded


def place_from(correction: Correction) -> Place:
    """Name the account that money is taken from."""
    return _place(correction.from_owner_id, AccountKind(correction.from_kind), correction.currency)


def place_to(correction: Correction) -> Place:
    """Name the account that money goes to."""
    return _place(correction.to_owner_id, AccountKind(correction.to_kind), correction.currency)


def _place(owner_id: uuid.UUID | None, kind: AccountKind, currency: str) -> Place:
    return of_platform(kind, currency) if owner_id is None else Place(owner_id, kind, currency)


def _ends(correction: Correction) -> list[tuple[uuid.UUID | None, AccountKind]]:
    return [
        (correction.from_owner_id, AccountKind(correction.from_kind)),
        (correction.to_owner_id, AccountKind(correction.to_kind)),
    ]
