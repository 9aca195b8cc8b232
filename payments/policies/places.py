"""Where money is: the accounts of people and of the platform."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from payments.enums import OF_PEOPLE, AccountKind

PLATFORM = uuid.UUID(int=0)
SHARDS = 16

_NAMES = uuid.UUID("6b1f7c1e-5c0d-5d0f-9a63-1a2b6f7e8d90")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """An account, by what it is for; that of the platform is spread over shards."""

    owner_id: uuid.UUID
    kind: AccountKind
    currency: str

    def shard(self, transfer_id: uuid.UUID) -> int:
        """Tell which shard a transfer goes to."""
        return 0 if self.kind in OF_PEOPLE else transfer_id.int % SHARDS

    def account_id(self, shard: int) -> uuid.UUID:
        """Give the id of the account; it follows from what it is for."""
        return uuid.uuid5(_NAMES, f"{self.owner_id}:{self.kind}:{self.currency}:{shard}")


@dataclass(frozen=True, slots=True)
class Leg:
    """What a transfer adds to an account, or takes from it.

    Nothing is taken from a person that is not there, unless they may be left owing.
    """

    place: Place
    amount: int
    may_owe: bool = False


def of_platform(kind: AccountKind, currency: str) -> Place:
    """Name an account of the platform."""
    return Place(PLATFORM, kind, currency)


def check_balanced(legs: Sequence[Leg]) -> None:
    """Refuse to write what would make money appear or vanish; an error of ours, never of a client."""
    totals: dict[str, int] = {}
    for leg in legs:
        totals[leg.place.currency] = totals.get(leg.place.currency, 0) + leg.amount
    if len(legs) < 2 or any(totals.values()) or any(leg.amount == 0 for leg in legs):
        raise ValueError(f"A transfer does not add up: {totals}")
    if len({leg.place for leg in legs}) < len(legs):
        raise ValueError("A transfer names an account twice")
