"""Amounts as PayPal writes them, decimal strings, and as we keep them, whole minor units of ISO 4217.

Nothing passes through a float. PayPal takes no fractions of a forint or of a Taiwan dollar, though ISO
4217 has them: an amount that needs some is refused before PayPal is asked.
"""

import re
from collections.abc import Mapping

from grover.core.providers import ProviderRefused
from payments.cards.money import Money

_DIGITS = dict.fromkeys(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0
) | dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3)
_USUAL_DIGITS = 2
_WHOLE_AT_PAYPAL = frozenset({"HUF", "TWD"})

_DECIMAL = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]{1,15})(?:\.(?P<fraction>[0-9]{1,6}))?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


def decimal_of(amount: Money) -> str:
    """Write an amount, such as 1.05 for 105 cents."""
    digits = _digits_of(amount.currency)
    whole, fraction = divmod(abs(amount.value), 10**digits)
    sign = "-" if amount.value < 0 else ""
    if amount.currency in _WHOLE_AT_PAYPAL:
        if fraction:
            raise ProviderRefused(f"PayPal takes no fractions of {amount.currency}")
        digits = 0
    return f"{sign}{whole}.{fraction:0{digits}d}" if digits else f"{sign}{whole}"


def money_of(decimal: str, currency: str) -> Money:
    """Read an amount; ValueError when it is none, or finer than the currency goes."""
    found = _DECIMAL.fullmatch(decimal)
    if found is None or _CURRENCY.fullmatch(currency) is None:
        raise ValueError(f"Not an amount: {decimal!r} {currency!r}")
    digits = _digits_of(currency)
    fraction = (found["fraction"] or "").ljust(digits, "0")
    if fraction[digits:].strip("0"):
        raise ValueError(f"Finer than {currency} goes: {decimal}")
    value = int(found["whole"] + fraction[:digits])
    return Money(-value if found["sign"] else value, currency)


def as_amount(amount: Money) -> dict[str, str]:
    """Write an amount as all APIs want it that are not of the first generation."""
    return {"currency_code": amount.currency, "value": decimal_of(amount)}


def read_amount(said: Mapping[str, str]) -> Money:
    """Read an amount in the way of writing of either generation."""
    return money_of(said["value"], said["currency_code"] if "currency_code" in said else said["currency"])


def _digits_of(currency: str) -> int:
    return _DIGITS.get(currency, _USUAL_DIGITS)
