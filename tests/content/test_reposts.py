"""Passing posts on, and quoting them."""

from typing import Any

import pytest

from accounts.models import User
from content.actions.reposts import repost, unrepost
from content.models import Post, Repost
from grover.core.viewers import on_behalf_of
from messaging.models import Notification
from tests.content.costs import cost_of
from tests.content.people import block, follow, mute, suspend
from tests.content.test_lists import texts
from tests.content.test_posts import problem, refused_at
from tests.factories.accounts import make_user
from tests.factories.content import counts_of, make_post, make_repost, react, unknown_id
from tests.races import run_parallel


def told(user: User) -> list[tuple[str, int]]:
    rows = Notification.objects.filter(user=user).order_by("seq")
    return list(rows.values_list("kind", "actor_count"))


def names(card: dict[str, Any]) -> list[str]:
    return [user["username"] for user in card["reposted_by"]]


# --- Reposts -------------------------------------------------------------------------------------


def test_post_is_passed_on_once(api: Any, ada: User, bob: User) -> None:
    post = make_post(ada)
    for done, method in ((True, "put"), (True, "put"), (False, "delete"), (False, "delete")):
        card = api(bob).request(method, f"posts/{post.pk}/repost").json()
        assert (card["viewer"]["reposted"], card["counts"]["reposts"]) == (done, int(done))
        assert told(ada) == ([("repost", 1)] if done else [])


def test_only_what_everybody_may_see_is_passed_on(api: Any, ada: User, bob: User) -> None:
    follow(bob, ada)
    for_followers, secret = make_post(ada, visibility="followers"), make_post(ada, visibility="private")
    assert problem(api(bob).put(f"posts/{for_followers.pk}/repost")) == (403, "not_for_all")
    assert problem(api(bob).put(f"posts/{secret.pk}/repost")) == (404, "not_found")
    assert api(ada).put(f"posts/{for_followers.pk}/repost").status_code == 200
    User.objects.filter(pk=ada.pk).update(is_private=True)
    assert problem(api(bob).put(f"posts/{make_post(ada).pk}/repost")) == (403, "not_for_all")


def test_repost_stands_in_the_feed_once_where_it_was_passed_on_last(
    api: Any, ada: User, bob: User, eve: User
) -> None:
    reader, writer = make_user("reader"), make_user("writer")
    for source in (ada, bob, eve):
        follow(reader, source)
    post = make_post(writer, text="passed on")
    make_repost(post, ada)
    make_post(bob, text="between")
    for source in (bob, eve):
        make_repost(post, source)

    cards, path = [], "feed?limit=1"
    while path:
        page = api(reader).get(path).json()
        cards += page["results"]
        path = (page["next"] or "").removeprefix("http://testserver")

    assert [card["text"] for card in cards] == ["passed on", "between"]
    assert names(cards[0]) == ["eve", "bob", "ada"]
    assert api(reader).get(f"posts/{post.pk}").json()["reposted_by"] == []


def test_feed_hides_reposts_of_the_hidden(api: Any, ada: User, bob: User) -> None:
    reader, writer, muted = make_user("reader"), make_user("writer"), make_user("muted")
    follow(reader, ada)
    follow(reader, bob)
    mute(reader, muted)
    make_repost(make_post(muted, text="of the muted"), ada)
    make_repost(make_post(writer, text="of the writer"), ada)
    own = make_post(ada, text="of ada")
    make_repost(own, bob)
    assert texts(api(reader).get("feed")) == ["of ada", "of the writer"]

    suspend(bob)
    cards = api(reader).get("feed").json()["results"]
    assert [(card["text"], names(card)) for card in cards] == [("of ada", []), ("of the writer", ["ada"])]
    block(writer, reader)
    assert texts(api(reader).get("feed")) == ["of ada"]


def test_reposts_are_listed(api: Any, ada: User, bob: User, eve: User) -> None:
    post = make_post(ada, text="passed on")
    for user in (bob, eve):
        make_repost(post, user)

    people = api().get(f"posts/{post.pk}/reposts").json()["results"]

    assert [one["user"]["username"] for one in people] == ["eve", "bob"]
    assert texts(api().get("users/@bob/reposts")) == ["passed on"]
    assert texts(api().get("users/@ada/reposts")) == []
    block(bob, ada)
    people = api(ada).get(f"posts/{post.pk}/reposts").json()["results"]
    assert [one["user"]["username"] for one in people] == ["eve"]
    assert problem(api(ada).get("users/@bob/reposts")) == (404, "not_found")
    hermit = make_user("hermit", is_private=True)
    make_repost(post, hermit)
    assert texts(api(eve).get("users/@hermit/reposts")) == []


@pytest.mark.django_db(transaction=True)
def test_reposts_are_counted_exactly() -> None:
    post = make_post(make_user())
    people = [on_behalf_of(make_user().pk) for _ in range(20)]

    def act(number: int) -> None:
        repost(people[number], post_id=post.pk)
        if number % 2:
            unrepost(people[number], post_id=post.pk)

    assert [result for result in run_parallel(20, act) if result is not None] == []
    assert counts_of(post) == {"repost_count": 10}
    assert Repost.objects.count() == 10


# --- Quotes --------------------------------------------------------------------------------------


def test_post_is_quoted(api: Any, ada: User, bob: User) -> None:
    post = make_post(ada, text="The original")

    card = api(bob).post("posts", json={"text": "Look", "quote_of": str(post.pk)}).json()

    assert card["quote_of"] == card["quoted"]["id"] == str(post.pk)
    assert (card["quoted"]["text"], card["quoted"]["author"]["username"]) == ("The original", "ada")
    assert texts(api().get(f"posts/{post.pk}/quotes")) == ["Look"]
    assert counts_of(post) == {"quote_count": 1}
    assert told(ada) == [("quote", 1)]
    api(bob).delete(f"posts/{card['id']}")
    assert counts_of(post) == {}


def test_quote_shows_what_its_reader_may_see(api: Any, ada: User, bob: User, eve: User) -> None:
    post = make_post(ada, text="The original")
    path = f"posts/{api(bob).post('posts', json={'text': 'Look', 'quote_of': str(post.pk)}).json()['id']}"
    assert api(eve).get(path).json()["quoted"]["text"] == "The original"

    block(ada, eve)
    assert api(eve).get(path).json()["quoted"] is None
    assert api().get(path).json()["quoted"]["text"] == "The original"
    api(ada).patch(f"posts/{post.pk}", json={"text": "Edited", "content_warning": "Spoilers"})
    quoted = api().get(path).json()["quoted"]
    assert (quoted["text"], quoted["content_warning"]) == ("", "Spoilers")
    api(ada).patch(f"posts/{post.pk}", json={"visibility": "followers"})
    assert api().get(path).json()["quoted"] is None
    api(ada).delete(f"posts/{post.pk}")
    card = api(bob).get(path).json()
    assert (card["quoted"], card["quote_of"]) == (None, str(post.pk))


def test_only_what_everybody_may_see_is_quoted(api: Any, ada: User, bob: User) -> None:
    follow(bob, ada)
    hidden = make_post(ada, visibility="private")
    restricted = make_post(ada, visibility="followers")

    def quote(thing: Any) -> Any:
        return api(bob).post("posts", json={"text": "Look", "quote_of": str(thing)})

    assert refused_at(quote(hidden.pk)) == [("/quote_of", "unknown")]
    assert refused_at(quote(unknown_id())) == [("/quote_of", "unknown")]
    assert problem(quote(restricted.pk)) == (403, "not_for_all")
    assert not Post.objects.filter(author=bob).exists()


# --- What it costs -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["feed", "posts/{post}/reposts", "posts/{post}/quotes", "users/@bob/reposts"]
)
def test_lists_cost_the_same_however_many(api: Any, ada: User, bob: User, path: str) -> None:
    follow(ada, bob)
    post = make_post(ada)
    client = api(ada)

    def add() -> None:
        other = make_user()
        make_repost(post, other)
        passed_on = make_post(other)
        make_repost(passed_on, bob)
        quoting = make_post(bob, quote_of=post, quoted_author_id=ada.pk)
        react(quoting, ada)

    add()
    one = cost_of(client, path.format(post=post.pk))
    add()
    add()
    assert cost_of(client, path.format(post=post.pk)) == one
