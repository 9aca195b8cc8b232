"""A tray that was kept equals one read anew, after anything people do and as stories end."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from content.models.stories import LIFETIME
from content.selectors.tray import tray
from grover.core import caching
from grover.core.pages import PageRequest
from grover.core.viewers import on_behalf_of
from tests.content.costs import cost_of
from tests.content.people import follow
from tests.factories.stories import make_story

ADA, BOB = "@ada", "@bob"
DEEDS: dict[str, Callable[[Any, Any, str], Any]] = {
    "publish": lambda ada, bob, story: ada.post("stories", json={"text": "More"}),
    "publish to close friends": lambda ada, bob, story: ada.post(
        "stories", json={"text": "Psst", "audience": "close_friends"}
    ),
    "delete": lambda ada, bob, story: ada.delete(f"stories/{story}"),
    "see": lambda ada, bob, story: bob.put(f"stories/{story}/view"),
    "react": lambda ada, bob, story: bob.put(f"stories/{story}/reaction", json={"kind": "like"}),
    "unfollow": lambda ada, bob, story: bob.delete(f"users/{ADA}/follow"),
    "mute": lambda ada, bob, story: bob.put(f"users/{ADA}/mute"),
    "block": lambda ada, bob, story: ada.put(f"users/{BOB}/block"),
    "be renamed": lambda ada, bob, story: ada.patch("me", json={"display_name": "Countess"}),
    "lose a close friend": lambda ada, bob, story: ada.delete(f"me/close-friends/{BOB}"),
}


@pytest.mark.usefixtures("settled_at_once")
@pytest.mark.parametrize("deed", DEEDS)
def test_kept_tray_follows_everything(api: Any, ada: User, bob: User, deed: str) -> None:
    by_ada, by_bob = api(ada), api(bob)
    assert by_bob.put(f"users/{ADA}/follow").status_code == 200
    assert by_ada.put(f"me/close-friends/{BOB}").status_code == 200
    story = str(make_story(ada).pk)
    make_story(ada, audience="close_friends")
    before = by_bob.get("stories").json()["results"]
    assert cost_of(by_bob, "stories", cold=False) == 0

    assert DEEDS[deed](by_ada, by_bob, story).status_code in (200, 201, 204)

    kept = by_bob.get("stories").json()["results"]
    caching.forget_everything()
    assert kept == by_bob.get("stories").json()["results"] != before


@pytest.mark.django_db
@pytest.mark.usefixtures("settled_at_once")
def test_kept_tray_ends_with_its_stories(ada: User, bob: User) -> None:
    follow(bob, ada)
    now = timezone.now()
    old = make_story(ada, age=LIFETIME - dt.timedelta(minutes=1))
    make_story(ada)
    viewer = on_behalf_of(bob.pk)

    def count_at(moment: dt.datetime) -> list[int]:
        return [ring.story_count for ring in tray(viewer, PageRequest(), now=moment).items]

    just_before = old.expires_at - dt.timedelta(milliseconds=1)
    assert [count_at(moment) for moment in (now, just_before, old.expires_at)] == [[2], [2], [1]]
