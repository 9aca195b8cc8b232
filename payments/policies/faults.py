"""How our books and the provider's may differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from payments.cards.money import Money


class FaultKind(StrEnum):
    """What is wrong with one movement of money."""

    CAPTURE_ONLY_HERE = "capture_only_here"
    CAPTURE_ONLY_THERE = "capture_only_there"
    CAPTURE_AMOUNT = "capture_amount"
    REFUND_ONLY_HERE = "refund_only_here"
    REFUND_ONLY_THERE = "refund_only_there"
    REFUND_AMOUNT = "refund_amount"
    PAYOUT_ONLY_HERE = "payout_only_here"
    PAYOUT_ONLY_THERE = "payout_only_there"
    PAYOUT_AMOUNT = "payout_amount"
    CURRENCY = "currency"


@dataclass(frozen=True, slots=True)
class BookFault:
    """A movement of money on which the two books differ; None is what one of them does not have."""

    kind: FaultKind
    id: str
    here: Money | None
    there: Money | None


def compare(noun: str, here: Mapping[str, Money], there: Mapping[str, Money]) -> list[BookFault]:
    """Find on which captures, refunds or payouts two books differ, by the provider's ids."""
    faults = []
    for key in sorted({*here, *there}):
        ours, theirs = here.get(key), there.get(key)
        kind = _kind_of(noun, ours, theirs)
        if kind is not None:
            faults.append(BookFault(kind, key, ours, theirs))
    return faults


def _kind_of(noun: str, ours: Money | None, theirs: Money | None) -> FaultKind | None:
    if ours == theirs:
        return None
    if theirs is None:
        return FaultKind(f"{noun}_only_here")
    if ours is None:
        return FaultKind(f"{noun}_only_there")
    return FaultKind.CURRENCY if ours.currency != theirs.currency else FaultKind(f"{noun}_amount")
