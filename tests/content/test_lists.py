"""What one person published, as others see it."""

from typing import Any

import pytest

from accounts.models import User
from tests.content.costs import cost_of
from tests.content.people import block, follow, suspend
from tests.content.test_posts import make_image, problem, refused_at
from tests.factories.accounts import make_user
from tests.factories.content import make_post, pin, unknown_id
from tests.factories.media import make_media


def texts(response: Any) -> list[str]:
    """Give the texts of a page of posts."""
    assert response.status_code == 200
    return [card["text"] for card in response.json()["results"]]


def test_posts_of_a_person_are_listed_newest_first(api: Any, ada: User, bob: User) -> None:
    for text in ("one", "two", "three"):
        make_post(ada, text=text)
    make_post(bob, text="another's")

    first = api().get(f"users/{ada.pk}/posts?limit=2")
    second = api().get(first.json()["next"].removeprefix("http://testserver"))

    assert (texts(first), texts(second), second.json()["next"]) == (["three", "two"], ["one"], None)
    assert texts(api(bob).get("users/@ADA/posts")) == ["three", "two", "one"]


def test_posts_of_a_person_are_those_the_viewer_may_see(api: Any, ada: User, bob: User, eve: User) -> None:
    follow(bob, ada)
    for visibility in ("private", "followers", "public"):
        make_post(ada, text=visibility, visibility=visibility)

    lists = {
        name: texts(client.get("users/@ada/posts"))
        for name, client in {"ada": api(ada), "bob": api(bob), "eve": api(eve), "nobody": api()}.items()
    }

    assert lists == {
        "ada": ["public", "followers", "private"],
        "bob": ["public", "followers"],
        "eve": ["public"],
        "nobody": ["public"],
    }


def test_posts_of_a_private_account_are_for_its_followers(api: Any, bob: User, eve: User) -> None:
    ada = make_user("ada", is_private=True)
    follow(bob, ada)
    make_post(ada, text="one", media=[make_image(ada)])

    for what in ("posts", "media"):
        assert texts(api(ada).get(f"users/@ada/{what}")) == ["one"]
        assert texts(api(bob).get(f"users/@ada/{what}")) == ["one"]
        assert texts(api(eve).get(f"users/@ada/{what}")) == []
        assert texts(api().get(f"users/@ada/{what}")) == []


def test_posts_of_the_blocked_suspended_and_unknown_are_not_found(
    api: Any, ada: User, bob: User, eve: User
) -> None:
    block(ada, bob)
    suspend(eve)
    for reference in (ada.pk, "@ada", eve.pk, "@eve", "@nobody", unknown_id(), "x"):
        for what in ("posts", "media"):
            assert problem(api(bob).get(f"users/{reference}/{what}")) == (404, "not_found"), reference


def test_pinned_posts_are_asked_for(api: Any, ada: User) -> None:
    pinned, _ = make_post(ada, text="pinned"), make_post(ada, text="other")
    pin(pinned)

    cards = api().get("users/@ada/posts?pinned=true").json()["results"]

    assert [(card["text"], card["is_pinned"]) for card in cards] == [("pinned", True)]
    assert texts(api().get("users/@ada/posts?pinned=false")) == ["other", "pinned"]
    assert refused_at(api().get("users/@ada/posts?pinned=maybe")) == [("/pinned", "invalid")]


def test_posts_with_media_are_listed(api: Any, ada: User) -> None:
    make_post(ada, text="with a picture", media=[make_image(ada)])
    make_post(ada, text="without")
    for kinds in (["video"], ["audio"], ["video", "image"]):
        uploads = [str(make_media(ada.pk, kind=kind).pk) for kind in kinds]
        api(ada).post("posts", json={"text": " and ".join(kinds), "media_ids": uploads})

    listed = {query: texts(api().get(f"users/@ada/media{query}")) for query in ("", *KINDS)}

    assert listed == {
        "": ["video and image", "with a picture"],
        "?kind=image": ["video and image", "with a picture"],
        "?kind=video": ["video and image", "video"],
        "?kind=audio": ["audio"],
    }
    assert refused_at(api().get("users/@ada/media?kind=smell")) == [("/kind", "invalid_choice")]


KINDS = ("?kind=image", "?kind=video", "?kind=audio")


def test_feed_needs_a_sign_in(api: Any) -> None:
    assert problem(api().get("feed")) == (401, "not_signed_in")


@pytest.mark.parametrize(
    "path", ["users/@ada/posts", "users/@ada/media", "users/@ada/media?kind=video", "feed"]
)
def test_lists_cost_the_same_however_many(api: Any, ada: User, bob: User, path: str) -> None:
    follow(bob, ada)
    client = api(bob)
    make_post(ada, media=[make_image(ada), make_media(ada.pk, kind="video")])
    one = cost_of(client, path)
    for _ in range(2):
        make_post(ada, media=[make_image(ada), make_media(ada.pk, kind="video")])
    assert cost_of(client, path) == one
