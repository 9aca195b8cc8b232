"""Lists of close friends, of which nobody but their owner learns."""

import uuid
from typing import Any

import pytest

from accounts.actions.blocks import block_user
from accounts.models import User
from content.actions.close_friends import add_close_friend
from content.models import CloseFriend
from grover.core.errors import NotFound
from grover.core.viewers import Viewer
from messaging.models import Notification
from tests.content.costs import cost_of
from tests.content.people import block, suspend
from tests.content.test_posts import problem
from tests.factories.accounts import make_user
from tests.factories.content import unknown_id
from tests.factories.stories import make_close, make_story
from tests.races import run_parallel

LIST = "me/close-friends"


def names(client: Any, query: str = "") -> list[str]:
    """Give who is on somebody's list."""
    return [card["user"]["username"] for card in client.get(f"{LIST}{query}").json()["results"]]


def test_people_come_and_go(api: Any, ada: User, bob: User, eve: User) -> None:
    client = api(ada)
    for reference in ("@bob", "@bob", eve.pk):
        card = client.put(f"{LIST}/{reference}").json()
        assert card["relation"]["blocking"] is False
    assert (names(client), names(client, "?limit=1")) == (["eve", "bob"], ["eve"])
    assert (names(api(bob)), Notification.objects.count()) == ([], 0)

    for _ in range(2):
        assert client.delete(f"{LIST}/@bob").json()["user"]["username"] == "bob"
    assert names(client) == ["eve"]


def test_only_others_who_are_there_are_close_friends(api: Any, ada: User, bob: User, eve: User) -> None:
    gone = make_user("gone")
    block(ada, bob)
    block(eve, ada)
    suspend(gone)
    client = api(ada)
    for reference in ("@bob", "@eve", "@gone", unknown_id(), "@nobody", "x"):
        assert problem(client.put(f"{LIST}/{reference}")) == (404, "not_found"), reference
        assert problem(client.delete(f"{LIST}/{reference}")) == (404, "not_found"), reference
    for method in ("put", "delete"):
        assert client.request(method, f"{LIST}/@ada").json()["code"] == "own_account"
    assert not CloseFriend.objects.exists()


@pytest.mark.parametrize(("blocker", "blocked"), [("ada", "bob"), ("bob", "ada")])
def test_block_ends_it_both_ways_at_once(
    api: Any, ada: User, bob: User, eve: User, blocker: str, blocked: str
) -> None:
    make_close(ada, bob)
    make_close(bob, ada)
    make_close(ada, eve)
    story = make_story(ada, audience="close_friends")
    people = {"ada": ada, "bob": bob}
    assert api(bob).get(f"stories/{story.pk}").status_code == 200

    api(people[blocker]).put(f"users/@{blocked}/block")
    api(people[blocker]).delete(f"users/@{blocked}/block")

    assert (names(api(ada)), names(api(bob))) == (["eve"], [])
    assert api(bob).get(f"stories/{story.pk}").status_code == 404


def test_suspended_friends_are_not_listed(api: Any, ada: User, bob: User) -> None:
    make_close(ada, bob)
    suspend(bob)
    assert names(api(ada)) == []


def test_list_costs_the_same_however_many(api: Any, ada: User) -> None:
    client = api(ada)
    make_close(ada, make_user())
    one = cost_of(client, LIST)
    make_close(ada, make_user())
    make_close(ada, make_user())
    assert cost_of(client, LIST) == one


@pytest.mark.django_db(transaction=True)
def test_nobody_is_added_while_they_are_blocked() -> None:
    ada, bob = make_user("ada"), make_user("bob")
    by_ada, by_bob = (Viewer(user.pk, uuid.uuid4()) for user in (ada, bob))

    def act(number: int) -> None:
        if number == 5:
            block_user(by_bob, target_id=ada.pk)
        else:
            add_close_friend(by_ada, friend_id=bob.pk)

    errors = [error for error in run_parallel(10, act) if isinstance(error, Exception)]

    assert all(isinstance(error, NotFound) for error in errors)
    assert not CloseFriend.objects.exists()
