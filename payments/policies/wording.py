"""Amounts in words."""

from payments.cards.money import Money


def in_words(amount: Money) -> str:
    """Write an amount of a currency with cents, as in "12.50 USD"."""
    sign = "-" if amount.value < 0 else ""
    whole, cents = divmod(abs(amount.value), 100)
    return f"{sign}{whole}.{cents:02} {amount.currency}"
