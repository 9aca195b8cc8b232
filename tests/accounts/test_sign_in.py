"""Signing in by name or address, and who is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.actions import sign_in as signing_in
from accounts.actions.sessions import Client
from accounts.enums import AccountStatus
from accounts.errors.identity import AccountSuspended, WrongCredentials
from accounts.models import Session, User
from tests.factories.accounts import PASSWORD, make_user

pytestmark = pytest.mark.django_db
Api = Callable[..., Any]


def login(api: Api, identifier: str, password: str = PASSWORD) -> Any:
    return api().post("auth/login", json={"identifier": identifier, "password": password})


@pytest.mark.parametrize("identifier", ["ada", "ADA", "ada@example.com", "Ada@Example.COM"])
def test_sign_in_takes_name_or_address_in_any_case(api: Api, identifier: str) -> None:
    make_user("ada")
    assert login(api, identifier).status_code == 200


@pytest.mark.parametrize("identifier", ["ada", "nobody", "nobody@example.com"])
def test_sign_in_with_wrong_password_refuses_known_and_unknown_alike(api: Api, identifier: str) -> None:
    make_user("ada")
    answer = login(api, identifier, "wrong password")
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")


def test_suspension_is_told_only_after_the_right_password(api: Api) -> None:
    make_user("ada", status=AccountStatus.SUSPENDED)
    assert login(api, "ada", "wrong password").status_code == 401
    answer = login(api, "ada")
    assert (answer.status_code, answer.json()["code"]) == (403, "account_suspended")


@pytest.mark.parametrize(
    ("status", "refusal"),
    [(AccountStatus.SUSPENDED, AccountSuspended), (AccountStatus.DEACTIVATED, WrongCredentials)],
)
def test_session_does_not_open_when_the_account_stopped_meanwhile(
    status: AccountStatus, refusal: type[Exception]
) -> None:
    user = make_user("ada")
    User.objects.filter(pk=user.pk).update(status=status)
    with pytest.raises(refusal):
        signing_in._open(user, Client("phone", "192.0.2.1"))
    assert not Session.objects.exists()
