"""Amounts of money, as they go in and out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of a currency."""

    value: int
    currency: str
