"""Opening accounts."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from tests.factories.accounts import PASSWORD, make_user

Api = Callable[..., Any]


def register(api: Api, **changes: str) -> Any:
    body = {"username": "ada", "email": "ada@example.com", "password": PASSWORD, "birth_date": "2000-01-01"}
    return api().post("auth/register", json=body | changes)


@pytest.mark.django_db
@pytest.mark.parametrize(("taken", "asked"), [("ada", "ADA"), ("modern", "rnodern"), ("bob0", "bobo")])
def test_register_refuses_a_taken_or_similar_name(api: Api, taken: str, asked: str) -> None:
    make_user(taken)
    answer = register(api, username=asked)
    assert (answer.status_code, answer.json()["code"]) == (409, "username_taken")


@pytest.mark.django_db
def test_register_with_a_taken_address_answers_as_with_a_free_one(api: Api) -> None:
    make_user("bob", email="taken@example.com")
    free, taken = register(api), register(api, username="carl", email="taken@example.com")
    assert (free.status_code, taken.status_code) == (201, 201)
    assert free.json() == {"username": "ada", "email": "ada@example.com", "status": "verification_sent"}
    assert taken.json() == {"username": "carl", "email": "taken@example.com", "status": "verification_sent"}


@pytest.mark.django_db
@pytest.mark.parametrize(("birth_date", "status"), [("2013-05-01", 201), ("2013-05-02", 422)])
def test_register_takes_who_is_13_on_the_very_birthday(api: Api, birth_date: str, status: int) -> None:
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False):
        assert register(api, birth_date=birth_date).status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["admin", "4dm1n", "ad.min", "ab", ".ada", "a..b", "ädä", "___"])
def test_register_refuses_names(api: Api, name: str) -> None:
    assert register(api, username=name).status_code == 422


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "status"),
    [
        ("short7!", 422),
        ("password", 422),
        ("ada@example", 422),
        ("x" * 129, 422),
        ("ключ 鍵 🔑🔑", 201),
        ("aB3" * 42 + "xy", 201),
    ],
)
def test_register_checks_the_password(api: Api, password: str, status: int) -> None:
    assert register(api, password=password).status_code == status
