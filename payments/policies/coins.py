"""Coins: what they cost, and in which packs they are sold."""

from payments.cards.coins import CoinPackCard
from payments.cards.money import Money

COIN_CURRENCY = "USD"
"""One coin is one cent: what is in a purse is what the platform owes for it."""

PACKS = {
    pack.id: pack
    for pack in (
        CoinPackCard(id=f"coins_{coins}", coins=coins, price=Money(coins, COIN_CURRENCY))
        for coins in (100, 500, 1_000, 5_000, 10_000)
    )
}
