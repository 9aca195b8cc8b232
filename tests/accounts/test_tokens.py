"""The chain of refresh tokens."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from accounts.actions.sessions import Client
from accounts.actions.sign_in import sign_in
from accounts.actions.tokens import refresh
from accounts.cards.identity import TokensCard
from accounts.errors.identity import RefreshTokenInvalid
from accounts.models import RefreshToken, Session
from grover.core.tokens import EndedSessions
from tests.factories.accounts import PASSWORD, make_user
from tests.races import run_parallel

Api = Callable[..., Any]
START = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)


def signed_in() -> TokensCard:
    make_user("ada")
    return sign_in(identifier="ada", password=PASSWORD, otp="", client=Client("phone", "192.0.2.1"))


@pytest.mark.django_db(transaction=True)
def test_refresh_in_parallel_leaves_one_child() -> None:
    first = signed_in()
    answers = run_parallel(20, lambda _: refresh(first.refresh_token))
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert len({answer.refresh_token for answer in answers}) == 1
    assert RefreshToken.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_refresh_again_gives_the_same_child_for_half_a_minute_then_ends_the_session() -> None:
    with time_machine.travel(START, tick=False) as clock:
        first = signed_in()
        child = refresh(first.refresh_token)
        clock.shift(29)
        assert refresh(first.refresh_token).refresh_token == child.refresh_token
        clock.shift(2)
        with pytest.raises(RefreshTokenInvalid):
            refresh(first.refresh_token)
    assert Session.objects.get().end_reason == "token_reused"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "again"}])
def test_refresh_with_an_older_token_ends_the_session(api: Api, headers: dict[str, str]) -> None:
    first = signed_in()
    second = refresh(first.refresh_token)
    third = refresh(second.refresh_token)
    answer = api().post("auth/refresh", json={"refresh_token": first.refresh_token}, **headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "refresh_token_invalid")
    assert Session.objects.get().end_reason == "token_reused"
    assert EndedSessions().contains(first.session_id)
    with pytest.raises(RefreshTokenInvalid):
        refresh(third.refresh_token)
    me = api().get("auth/sessions", Authorization=f"Bearer {third.access_token}")
    assert me.status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["", "grt_", "grt_AAAA", "é", "grt_" + "A" * 76])
def test_refresh_refuses_what_is_no_token(token: str) -> None:
    with pytest.raises(RefreshTokenInvalid):
        refresh(token)
