"""What coins are sold in."""

from dataclasses import dataclass

from payments.cards.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CoinPackCard:
    """Some coins that are sold together."""

    id: str
    coins: int
    price: Money
