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
    fee = _half_even(gross * basis_points, WHOLE)
    return Split(fee, gross - fee)


def part_of(fee: int, amount: int, gross: int) -> int:
    """Tell how much of a fee belongs to a part of the amount that it was taken of, rounded half to even."""
    return _half_even(fee * amount, gross)


def _half_even(dividend: int, divisor: int) -> int:
    quotient, remainder = divmod(dividend, divisor)
    if 2 * remainder > divisor or (2 * remainder == divisor and quotient % 2):
        quotient += 1
    return quotient
