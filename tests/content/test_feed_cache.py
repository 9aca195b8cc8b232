"""A feed that was kept equals a feed read anew, and the oracle, after anything people do."""

import uuid
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from content.selectors.feed import feed
from grover.core import caching, encoding
from grover.core.pages import PageRequest
from grover.core.viewers import Viewer
from payments.actions.entitlements import entitle, withdraw
from payments.enums import EntitlementKind
from tests.conftest import ApiClient
from tests.content.test_visibility_oracle import client_of, empty_the_world
from tests.content.worlds import PEOPLE, VISIBILITIES, World, build

HISTORIES = 30 if "sqlite3" in settings.DATABASES["default"]["ENGINE"] else 6

_person = st.integers(0, PEOPLE - 1)
_deeds = st.lists(
    st.one_of(
        st.tuples(st.just("post"), _person, st.sampled_from(VISIBILITIES)),
        st.tuples(
            st.sampled_from(["follow", "unfollow", "block", "unblock", "mute", "unmute"]), _person, _person
        ),
        st.tuples(
            st.sampled_from(["delete", "react", "save", "repost", "unrepost", "buy", "refund"]),
            _person,
            st.integers(0, 9),
        ),
        st.tuples(st.sampled_from(["subscribe", "unsubscribe"]), _person, _person),
        st.tuples(st.just("sell"), st.integers(0, 9), st.booleans()),
        st.tuples(st.just("edit"), st.integers(0, 9), st.sampled_from(VISIBILITIES)),
        st.tuples(st.just("privacy"), _person, st.booleans()),
    ),
    max_size=12,
)


class History:
    """A world that people change through the API, and the same world as plain facts."""

    def __init__(self) -> None:
        empty_the_world()
        self.world = World(set(), set(), set(), set(), set(), [])
        build(self.world)
        self.clients: list[ApiClient] = [client_of(self.world, number) for number in range(PEOPLE)]
        self.ids: list[str] = []

    def do(self, deed: tuple[Any, ...]) -> None:
        getattr(self, f"_{deed[0]}")(*deed[1:])

    def _post(self, author: int, visibility: str) -> None:
        answer = self.clients[author].post("posts", json={"text": "Hello", "visibility": visibility})
        assert answer.status_code == 201
        self.ids.append(answer.json()["id"])
        self.world.posts.append((author, visibility))
        self.world.places.append(("post", author, len(self.ids) - 1))

    def _delete(self, person: int, post: int) -> None:
        if post < len(self.ids) and self.ids[post] and self.world.posts[post][0] == person:
            assert self.clients[person].delete(f"posts/{self.ids[post]}").status_code == 204
            self.ids[post] = ""

    def _edit(self, post: int, visibility: str) -> None:
        if post < len(self.ids) and self.ids[post]:
            author = self.world.posts[post][0]
            changes: dict[str, Any] = {"visibility": visibility}
            if visibility in ("subscribers", "private"):
                changes["price"] = None
                self.world.priced.discard(post)
            answer = self.clients[author].patch(f"posts/{self.ids[post]}", json=changes)
            assert answer.status_code == 200
            self.world.posts[post] = (author, visibility)

    def _sell(self, post: int, has_price: bool) -> None:
        if post < len(self.ids) and self.ids[post]:
            author, visibility = self.world.posts[post]
            price = {"value": 500, "currency": "USD"} if has_price else None
            answer = self.clients[author].patch(f"posts/{self.ids[post]}", json={"price": price})
            is_taken = not has_price or visibility in ("public", "followers")
            assert answer.status_code == (200 if is_taken else 422)
            if is_taken:
                self.world.priced = self.world.priced - {post} | ({post} if has_price else set())

    def _buy(self, person: int, post: int) -> None:
        if post < len(self.ids) and self.ids[post]:
            entitle(self.world.people[person].pk, EntitlementKind.POST, uuid.UUID(self.ids[post]))
            self.world.bought.add((person, post))

    def _refund(self, person: int, post: int) -> None:
        if post < len(self.ids) and self.ids[post]:
            withdraw(self.world.people[person].pk, EntitlementKind.POST, uuid.UUID(self.ids[post]))
            self.world.bought.discard((person, post))

    def _subscribe(self, person: int, creator: int) -> None:
        people = self.world.people
        entitle(people[person].pk, EntitlementKind.CREATOR, people[creator].pk)
        self.world.subscribed.add((person, creator))

    def _unsubscribe(self, person: int, creator: int) -> None:
        people = self.world.people
        withdraw(people[person].pk, EntitlementKind.CREATOR, people[creator].pk)
        self.world.subscribed.discard((person, creator))

    def _repost(self, person: int, post: int) -> None:
        if post < len(self.ids) and self.ids[post]:
            answer = self.clients[person].put(f"posts/{self.ids[post]}/repost")
            if not self.world.sees(person, post):
                assert answer.status_code == 404
            elif self.world.may_pass_on(person, post):
                assert answer.status_code == 200
                if (person, post) not in self.world.reposts:
                    self.world.reposts.add((person, post))
                    self.world.places.append(("repost", person, post))
            else:
                assert (answer.status_code == 200) == ((person, post) in self.world.reposts)

    def _unrepost(self, person: int, post: int) -> None:
        if post < len(self.ids) and self.ids[post]:
            answer = self.clients[person].delete(f"posts/{self.ids[post]}/repost")
            assert answer.status_code == (200 if self.world.sees(person, post) else 404)
            if answer.status_code == 200 and (person, post) in self.world.reposts:
                self.world.reposts.remove((person, post))
                self.world.places.remove(("repost", person, post))

    def _react(self, person: int, post: int) -> None:
        self._touch(person, post, "reaction", {"kind": "love"})

    def _save(self, person: int, post: int) -> None:
        self._touch(person, post, "save", None)

    def _touch(self, person: int, post: int, what: str, body: Any) -> None:
        if post < len(self.ids) and self.ids[post]:
            expected = 200 if self.world.sees(person, post) else 404
            answer = self.clients[person].put(f"posts/{self.ids[post]}/{what}", json=body)
            assert answer.status_code == expected

    def _follow(self, person: int, other: int) -> None:
        if person == other or {(person, other), (other, person)} & self.world.blocks:
            return
        self._toggle("put", person, other, "follow")
        if other not in self.world.private:
            self.world.follows.add((person, other))

    def _unfollow(self, person: int, other: int) -> None:
        if person == other or {(person, other), (other, person)} & self.world.blocks:
            return
        self._toggle("delete", person, other, "follow")
        self.world.follows.discard((person, other))

    def _block(self, person: int, other: int) -> None:
        if person == other or (other, person) in self.world.blocks:
            return
        self._toggle("put", person, other, "block")
        self.world.blocks.add((person, other))
        self.world.follows -= {(person, other), (other, person)}

    def _unblock(self, person: int, other: int) -> None:
        if person != other and (person, other) in self.world.blocks:
            self._toggle("delete", person, other, "block")
            self.world.blocks.discard((person, other))

    def _mute(self, person: int, other: int) -> None:
        if person != other and not {(person, other), (other, person)} & self.world.blocks:
            self._toggle("put", person, other, "mute")
            self.world.mutes.add((person, other))

    def _unmute(self, person: int, other: int) -> None:
        if person != other and not {(person, other), (other, person)} & self.world.blocks:
            self._toggle("delete", person, other, "mute")
            self.world.mutes.discard((person, other))

    def _privacy(self, person: int, is_private: bool) -> None:
        pending = self._requests_of(person)
        answer = self.clients[person].patch("me/settings", json={"is_private": is_private})
        assert answer.status_code == 200
        if is_private:
            self.world.private.add(person)
        else:
            self.world.private.discard(person)
            self.world.follows |= {(other, person) for other in pending}

    def _requests_of(self, person: int) -> set[int]:
        answer = self.clients[person].get("me/follow-requests").json()["results"]
        names = [user.username for user in self.world.people]
        return {names.index(item["user"]["username"]) for item in answer}

    def _toggle(self, method: str, person: int, other: int, what: str) -> None:
        path = f"users/{self.world.people[other].pk}/{what}"
        assert self.clients[person].request(method, path).status_code == 200

    def expected_feed(self, viewer: int) -> list[tuple[str, str]]:
        """Say which posts are in a feed, and what they say to its reader."""
        return [
            (self.ids[post], "" if self.world.is_locked(viewer, post) else "Hello")
            for post in self.world.feed_of(viewer)
            if self.ids[post]
        ]


def read_feed(viewer: Viewer) -> bytes:
    return b"[%s]" % b",".join(feed(viewer, PageRequest(limit=50)).items)


@pytest.mark.django_db
@pytest.mark.usefixtures("settled_at_once")
@hypothesis_settings(
    max_examples=HISTORIES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes longer than reading a history
)
@given(deeds=_deeds)
def test_a_kept_feed_equals_one_read_anew(deeds: list[tuple[Any, ...]]) -> None:
    history = History()
    for deed in [None, *deeds]:
        if deed is not None:
            history.do(deed)
        for number, client in enumerate(history.clients):
            assert isinstance(client.viewer, Viewer)
            kept = read_feed(client.viewer)
            shown = [(item["id"], item["text"]) for item in encoding.loads(kept)]
            assert shown == history.expected_feed(number)
    for client in history.clients:
        assert isinstance(client.viewer, Viewer)
        kept = read_feed(client.viewer)
        caching.forget_everything()
        assert read_feed(client.viewer) == kept


@pytest.mark.django_db
@pytest.mark.usefixtures("settled_at_once")
def test_a_feed_is_kept_until_something_in_it_changes() -> None:
    history = History()
    history.do(("post", 0, "public"))
    history.do(("follow", 1, 0))
    viewer = history.clients[1].viewer
    assert isinstance(viewer, Viewer)
    read_feed(viewer)

    with CaptureQueriesContext(connection) as warm:
        read_feed(viewer)
    assert len(warm) == 0

    history.do(("react", 2, 0))
    assert encoding.loads(read_feed(viewer))[0]["counts"]["by_reaction"] == {"love": 1}


@pytest.mark.django_db
@pytest.mark.parametrize("posts", [1, 3])
def test_a_cold_feed_takes_at_most_five_queries(posts: int) -> None:
    history = History()
    for _ in range(posts):
        history.do(("post", 0, "public"))
    history.do(("follow", 1, 0))
    viewer = history.clients[1].viewer
    assert isinstance(viewer, Viewer)
    caching.forget_everything()

    with CaptureQueriesContext(connection) as cold:
        feed(viewer, PageRequest())
    without_media = 6  # no post has any, so none are read
    reposts_and_marks_come_with_the_posts = connection.vendor == "postgresql"
    assert len(cold) == without_media - 2 * reposts_and_marks_come_with_the_posts


@pytest.mark.django_db
def test_a_feed_goes_on_where_a_page_ends() -> None:
    history = History()
    for _ in range(7):
        history.do(("post", 0, "public"))
    history.do(("follow", 1, 0))
    client = history.clients[1]

    shown: list[tuple[str, str]] = []
    url = "/api/v1/feed?limit=3"
    pages = 0
    while url:
        page = client.get(url).json()
        shown += [(item["id"], item["text"]) for item in page["results"]]
        url = page["next"].removeprefix("http://testserver") if page["next"] else ""
        pages += 1
    assert shown == history.expected_feed(1)
    assert pages == 3
    assert len({uuid.UUID(post_id) for post_id, _ in shown}) == 7
