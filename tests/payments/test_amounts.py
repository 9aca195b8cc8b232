"""What is no amount of money is refused, and nothing is made."""

from collections.abc import Callable
from typing import Any

import pytest

from payments.models import Payment
from payments.serializers.payments import LARGEST_TIP, LEAST_TIP
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db

Api = Callable[..., Any]

NOT_VALUES = [
    "0",
    "-1",
    "0.001",
    "1e3",
    "NaN",
    "Infinity",
    '"\uff11\uff12"',
    '"500"',
    "true",
    "1000000000000",
    "null",
    "[5]",
]
NOT_AMOUNTS = [
    *(f'{{"value": {value}, "currency": "USD"}}' for value in NOT_VALUES),
    *(
        f'{{"value": 500, "currency": {currency}}}'
        for currency in ('"EUR"', '"usd"', '"XXX"', '""', "null", "840")
    ),
    '{"value": 500}',
    '{"currency": "USD"}',
    '{"value": 500, "currency": "USD", "more": 1}',
    f'{{"value": {LEAST_TIP - 1}, "currency": "USD"}}',
    f'{{"value": {LARGEST_TIP + 1}, "currency": "USD"}}',
    "{}",
    "500",
    "null",
    '"5.00 USD"',
]


@pytest.mark.parametrize("amount", NOT_AMOUNTS)
def test_what_is_no_amount_is_refused(api: Api, amount: str) -> None:
    make_user("ada")

    answer = api(make_user()).post(
        "users/@ada/tips", json=f'{{"amount": {amount}}}', **{"Idempotency-Key": "k"}
    )

    assert answer.status_code == 422, answer.content
    assert Payment.objects.count() == 0


def test_a_missing_amount_is_refused(api: Api) -> None:
    make_user("ada")

    answer = api(make_user()).post("users/@ada/tips", json={}, **{"Idempotency-Key": "k"})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/amount")
    assert Payment.objects.count() == 0


def test_a_wrong_value_is_pointed_at(api: Api) -> None:
    make_user("ada")
    body = {"amount": {"value": -1, "currency": "USD"}}

    answer = api(make_user()).post("users/@ada/tips", json=body, **{"Idempotency-Key": "k"})

    assert answer.json()["errors"][0]["pointer"] == "/amount/value"


@pytest.mark.parametrize("value", [LEAST_TIP, LARGEST_TIP])
def test_the_least_and_the_largest_tip_are_taken(api: Api, value: int) -> None:
    make_user("ada")
    body = {"amount": {"value": value, "currency": "USD"}}

    answer = api(make_user()).post("users/@ada/tips", json=body, **{"Idempotency-Key": "k"})

    assert (answer.status_code, answer.json()["amount"]) == (201, body["amount"])


def test_oneself_and_nobody_are_not_tipped(api: Api) -> None:
    ada = make_user("ada")
    body = {"amount": {"value": 500, "currency": "USD"}}

    answers = [
        api(ada).post(f"users/{whom}/tips", json=body, **{"Idempotency-Key": str(whom)})
        for whom in ("@ada", "@nobody", "x", ada.pk)
    ]

    assert [answer.status_code for answer in answers] == [409, 404, 404, 409]
    assert Payment.objects.count() == 0
