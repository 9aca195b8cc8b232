"""Where somebody is signed in: listed, ended one by one or all, and swept."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from accounts.actions.sessions import sweep_sessions
from accounts.models import RefreshToken, Session, User
from tests.factories.accounts import PASSWORD, make_user

pytestmark = pytest.mark.django_db
Api = Callable[..., Any]


@pytest.fixture
def ada() -> User:
    return make_user("ada")


def login(api: Api, **headers: str) -> Any:
    return api().post("auth/login", json={"identifier": "ada", "password": PASSWORD}, **headers).json()


def status_of(api: Api, access_token: str) -> int:
    status: int = api().get("me", Authorization=f"Bearer {access_token}").status_code
    return status


def test_sessions_are_listed_newest_first_with_device_and_address(api: Api, ada: User) -> None:
    login(api, **{"User-Agent": "old phone"})
    here = login(api, **{"User-Agent": "new phone"})

    answer = api().get("auth/sessions", Authorization=f"Bearer {here['access_token']}").json()

    shown = [(one["device"], one["address"], one["is_current"]) for one in answer["results"]]
    assert shown == [("new phone", "127.0.0.1", True), ("old phone", "127.0.0.1", False)]
    assert answer["results"][0]["id"] == here["session_id"]
    assert answer["next"] is None


def test_device_may_be_named(api: Api, ada: User) -> None:
    body = {"identifier": "ada", "password": PASSWORD, "device": "Ada's loom"}
    api().post("auth/login", json=body)

    assert Session.objects.get().device == "Ada's loom"


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_one_query(api: Api, ada: User, django_assert_num_queries: Any, count: int) -> None:
    clients = [api(ada) for _ in range(count)]
    clients[0].get("auth/sessions")

    with django_assert_num_queries(1):
        answer = clients[0].get("auth/sessions")
    assert len(answer.json()["results"]) == count


def test_session_that_is_ended_is_refused_at_once_and_is_listed_no_more(api: Api, ada: User) -> None:
    here, lost = api(ada), api(ada)

    assert here.delete(f"auth/sessions/{lost.viewer.session_id}").status_code == 204
    assert lost.get("me").status_code == 401
    ids = [one["id"] for one in here.get("auth/sessions").json()["results"]]
    assert ids == [str(here.viewer.session_id)]
    assert here.delete(f"auth/sessions/{lost.viewer.session_id}").status_code == 404


def test_session_of_somebody_else_and_of_nobody_are_not_found(api: Api, ada: User) -> None:
    bob = api(make_user("bob"))

    assert api(ada).delete(f"auth/sessions/{bob.viewer.session_id}").status_code == 404
    assert api(ada).delete(f"auth/sessions/{uuid.uuid4()}").status_code == 404
    assert bob.get("me").status_code == 200


def test_all_but_this_session_end(api: Api, ada: User) -> None:
    here, others, bob = api(ada), [api(ada) for _ in range(3)], api(make_user("bob"))

    assert here.delete("auth/sessions").status_code == 204
    assert [one.get("me").status_code for one in (here, *others, bob)] == [200, 401, 401, 401, 200]


def test_signing_out_ends_the_session_with_both_its_tokens(api: Api, ada: User) -> None:
    tokens = login(api)
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}

    assert api().post("auth/logout", **headers).status_code == 204
    assert status_of(api, tokens["access_token"]) == 401
    answer = api().post("auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert (answer.status_code, answer.json()["code"]) == (401, "refresh_token_invalid")


def test_refresh_gives_tokens_of_the_same_session(api: Api, ada: User) -> None:
    first = login(api)

    second = api().post("auth/refresh", json={"refresh_token": first["refresh_token"]}).json()

    assert second["session_id"] == first["session_id"]
    assert second["refresh_token"] != first["refresh_token"]
    assert (second["token_type"], second["expires_in"]) == ("Bearer", 900)
    assert status_of(api, second["access_token"]) == 200


def test_sweep_deletes_what_is_over_for_a_month_with_its_tokens(api: Api, ada: User) -> None:
    now = timezone.now()
    tokens = [login(api) for _ in range(4)]
    long_ago, lately = now - dt.timedelta(days=31), now - dt.timedelta(days=29)
    for one, fields in zip(
        tokens,
        ({"ended_at": long_ago}, {"ended_at": lately}, {"expires_at": long_ago}, {"expires_at": lately}),
        strict=True,
    ):
        Session.objects.filter(pk=one["session_id"]).update(**fields)

    assert sweep_sessions(now) == 2
    left = {str(key) for key in Session.objects.values_list("pk", flat=True)}
    assert left == {tokens[1]["session_id"], tokens[3]["session_id"]}
    assert RefreshToken.objects.count() == 2
