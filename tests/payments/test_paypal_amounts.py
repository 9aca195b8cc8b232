"""Amounts on their way to PayPal and back."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grover.core.providers import ProviderRefused
from payments.cards.money import Money
from payments.providers.paypal.amounts import as_amount, decimal_of, money_of, read_amount

CURRENCIES = ("USD", "EUR", "JPY", "KWD", "CLP", "XYZ")


@pytest.mark.parametrize(
    ("money", "decimal"),
    [
        (Money(0, "USD"), "0.00"),
        (Money(1, "USD"), "0.01"),
        (Money(105, "USD"), "1.05"),
        (Money(-105, "USD"), "-1.05"),
        (Money(-5, "USD"), "-0.05"),
        (Money(10_000_000_000_000_099, "USD"), "100000000000000.99"),
        (Money(500, "JPY"), "500"),
        (Money(1_005, "KWD"), "1.005"),
        (Money(50_000, "HUF"), "500"),
        (Money(-100, "TWD"), "-1"),
    ],
)
def test_amounts_are_written_exactly_and_read_back(money: Money, decimal: str) -> None:
    assert decimal_of(money) == decimal
    assert money_of(decimal, money.currency) == money


@given(st.integers(-(10**14), 10**14), st.sampled_from(CURRENCIES))
def test_every_amount_comes_back(value: int, currency: str) -> None:
    assert read_amount(as_amount(Money(value, currency))) == Money(value, currency)


@pytest.mark.parametrize(
    ("decimal", "currency", "value"),
    [
        ("1", "USD", 100),
        ("1.5", "USD", 150),
        ("1.050", "USD", 105),
        ("007.10", "USD", 710),
        ("500.00", "JPY", 500),
        ("0.29", "USD", 29),
        ("1.00", "HUF", 100),
    ],
)
def test_other_ways_of_writing_are_read(decimal: str, currency: str, value: int) -> None:
    assert money_of(decimal, currency) == Money(value, currency)


@pytest.mark.parametrize(
    "decimal",
    [
        "",
        ".5",
        "1.",
        "1e3",
        "1_000",
        "1,000",
        "NaN",
        "inf",
        "+1",
        "--1",
        " 1",
        "1\n",
        "\uff11\uff12",
        "0x1",
        "1.005",
    ],
)
def test_what_is_no_amount_is_refused(decimal: str) -> None:
    with pytest.raises(ValueError):
        money_of(decimal, "USD")


@pytest.mark.parametrize("currency", ["", "usd", "US", "USDT", "US1", "US\uff24"])
def test_what_is_no_currency_is_refused(currency: str) -> None:
    with pytest.raises(ValueError):
        money_of("1.00", currency)


@pytest.mark.parametrize("said", [{"value": 1.5, "currency_code": "USD"}, {"value": "1.00"}, {}])
def test_what_is_not_written_as_an_amount_is_refused(said: Any) -> None:
    with pytest.raises((TypeError, KeyError)):
        read_amount(said)


def test_both_generations_are_read() -> None:
    assert read_amount({"value": "1.05", "currency": "USD"}) == Money(105, "USD")


@pytest.mark.parametrize(("value", "currency"), [(150, "HUF"), (-1, "TWD")])
def test_fractions_that_paypal_does_not_take_are_refused(value: int, currency: str) -> None:
    with pytest.raises(ProviderRefused):
        decimal_of(Money(value, currency))
