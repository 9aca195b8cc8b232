"""What of an amount is the platform's."""

from dataclasses import dataclass

WHOLE = 10_000  # basis points


@dataclass(frozen=True, slots=True)
class Split:
    """An amount in two parts, which add up to it."""

    fee: int
    rest: int


def split(gross: int, basis_points: int) -> Split:
    """Divide an amount of minor units; the fee is rounded half to even, and the rest is the creator's."""
    fee, remainder = divmod(gross * basis_points, WHOLE)
    if 2 * remainder > WHOLE or (2 * remainder == WHOLE and fee % 2):
        fee += 1
    return Split(fee, gross - fee)
