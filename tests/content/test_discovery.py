"""What is rising: ranked as docs/discovery.md says, and shown to whom it may be."""

import datetime as dt
import math
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Relation, User
from accounts.selectors.people import is_adult
from content.actions.trends import GENERATIONS_KEPT, roll_up_trends
from content.models import Post, Trend
from content.policies.heat import Scored, diversify, engagement, heat, momentum, nearness, surge
from grover.core.ids import new_id_at
from tests.content.costs import cost_of
from tests.content.people import block, follow, mute, suspend
from tests.content.test_lists import texts
from tests.factories.accounts import make_user
from tests.factories.content import make_post, make_tag, react, unknown_id, view

NOW = timezone.now()
HOUR = dt.timedelta(hours=1)


def post_at(author: User, text: str, *, hours: float, **fields: Any) -> Post:
    """Make a post that is so many hours old."""
    moment = NOW - hours * HOUR
    return make_post(author, id=new_id_at(moment), created_at=moment, text=text, **fields)


def followed_at(source: User, target: User, *, days: float) -> None:
    moment = NOW - dt.timedelta(days=days)
    Relation.objects.create(
        id=new_id_at(moment), created_at=moment, source=source, target=target, kind="follow"
    )


def walk(client: Any, path: str, limit: int) -> list[Any]:
    """Read a whole list, page by page."""
    found: list[Any] = []
    url = f"{path}?limit={limit}"
    while url:
        page = client.get(url).json()
        found += page["results"]
        url = (page["next"] or "").removeprefix("http://testserver")
    return found


# --- Formulas ------------------------------------------------------------------------------------


def test_formulas_are_those_of_the_page() -> None:
    assert engagement(reactions=5, comments=4, saves=3, reposts=2, quotes=1) == 5 + 8 + 6 + 6 + 3
    assert heat(16.0, 2 * HOUR) == pytest.approx(16 / 4**1.5)
    assert heat(1.0, -HOUR) == heat(1.0, 0 * HOUR) == pytest.approx(1 / 2**1.5)
    assert surge(12, 3.0) == pytest.approx(9 / 2)
    assert (surge(1, 0.0), surge(2, 0.0)) == (0.0, 2.0)
    assert momentum([dt.timedelta(0), dt.timedelta(days=3)], [2.0, 3.0]) == pytest.approx(1.5 + 0.5)
    assert nearness([0, 1, 98]) == pytest.approx(2 / math.log(3) + 1 / math.log(100))


def test_authors_are_spread() -> None:
    one, two = unknown_id(), unknown_id()
    a, b, c, d = sorted((unknown_id() for _ in range(4)), reverse=True)
    scored = [Scored(a, one, 10.0), Scored(b, one, 9.0), Scored(c, one, 8.0), Scored(d, two, 5.0)]
    ranked = [(place.thing_id, round(place.score, 6)) for place in diversify(scored)]
    assert ranked == [(a, 10.0), (b, 5.4), (d, 5.0), (c, 2.88)]


# --- A small known world -------------------------------------------------------------------------


def test_small_world_is_ranked_as_the_page_says(api: Any, ada: User, bob: User, eve: User) -> None:
    post_at(ada, "fresh", hours=1, reaction_count=10)  # 10 / 3^1.5 = 1.92
    post_at(ada, "again", hours=2, comment_count=6)  # 0.6 * 12 / 4^1.5 = 0.9
    post_at(bob, "older", hours=14, repost_count=20)  # 60 / 16^1.5 = 0.94
    post_at(eve, "disliked", hours=1, reaction_count=9, dislike_count=8)  # 1 / 3^1.5 = 0.19
    post_at(eve, "only disliked", hours=1, reaction_count=9, dislike_count=9)
    post_at(eve, "last week", hours=169, reaction_count=10_000)
    post_at(bob, "unnoticed", hours=1)
    post_at(bob, "for followers", hours=1, reaction_count=99, visibility="followers", is_listed=False)

    roll_up_trends(NOW)

    expected = ["fresh", "older", "again", "disliked"]
    assert texts(api().get("trending/posts")) == expected
    assert texts(api().get("explore")) == expected
    for limit in (1, 2, 3):
        assert [card["text"] for card in walk(api(bob), "trending/posts", limit)] == expected
    assert [card["text"] for card in walk(api(bob), "explore", 1)] == ["fresh", "again", "disliked"]


def test_exploring_prefers_followed_tags_and_leaves_out_what_is_known(api: Any, ada: User, bob: User) -> None:
    make_tag("art")
    reader = make_user("reader")
    for number in range(3):
        post_at(make_user(), f"plain {number}", hours=1, reaction_count=10 - number)
    post_at(ada, "tagged", hours=1, reaction_count=7, tags=["art"])
    post_at(reader, "own", hours=1, reaction_count=50)
    post_at(bob, "followed", hours=1, reaction_count=50)
    follow(reader, bob)
    seen = post_at(make_user(), "seen", hours=1, reaction_count=50)
    view(seen, reader)
    roll_up_trends(NOW)

    assert texts(api(reader).get("explore")) == ["plain 0", "plain 1", "plain 2", "tagged"]
    api(reader).put("tags/art/follow")
    assert texts(api(reader).get("explore")) == ["tagged", "plain 0", "plain 1", "plain 2"]
    assert set(texts(api(reader).get("trending/posts"))[:3]) == {"seen", "followed", "own"}


def test_what_is_rising_is_hidden_at_once_from_whom_it_must_be(api: Any, ada: User, bob: User) -> None:
    muted, blocking, suspended, leaving = (make_user() for _ in range(4))
    for number, author in enumerate((ada, muted, blocking, suspended)):
        post_at(author, f"by {number}", hours=1, reaction_count=10 - number)
    gone = post_at(leaving, "gone", hours=1, reaction_count=3)
    hidden = post_at(ada, "hidden", hours=1, reaction_count=2)
    roll_up_trends(NOW)
    assert len(texts(api(bob).get("trending/posts"))) == 6

    mute(bob, muted)
    block(blocking, bob)
    suspend(suspended)
    api(leaving).delete(f"posts/{gone.pk}")
    api(ada).patch(f"posts/{hidden.pk}", json={"visibility": "followers"})

    for path in ("trending/posts", "explore"):
        assert texts(api(bob).get(path)) == ["by 0"], path
    assert texts(api().get("trending/posts")) == ["by 0", "by 1", "by 2"]


def test_warnings_are_for_those_of_age(api: Any, ada: User) -> None:
    today = timezone.now().date()
    adult = make_user(birth_date=today - dt.timedelta(days=18 * 366))
    minor = make_user(birth_date=today - dt.timedelta(days=18 * 365))
    post_at(ada, "strong stuff", hours=1, reaction_count=5, content_warning="Blood")
    roll_up_trends(NOW)
    for path in ("trending/posts", "explore"):
        found = [texts(client.get(path)) for client in (api(adult), api(minor), api())]
        assert found == [["strong stuff"], [], []], path


@pytest.mark.parametrize(
    ("born", "is_of_age"),
    [("2008-11-27", True), ("2008-11-28", False), ("2008-02-29", True), ("2009-01-01", False)],
)
def test_of_age_is_who_had_the_eighteenth_birthday(db: None, born: str, is_of_age: bool) -> None:
    person = make_user(birth_date=dt.date.fromisoformat(born))
    assert is_adult(person.pk, dt.date(2026, 11, 27)) is is_of_age


# --- Tags ----------------------------------------------------------------------------------------


def test_tags_rise_by_how_unusual_their_use_is(api: Any) -> None:
    people = [make_user() for _ in range(8)]
    for name in ("usual", "new", "lonely", "steady"):
        make_tag(name)
    for number, person in enumerate(people):
        for day in range(1, 8):
            post_at(person, "x", hours=24 * day + 1, tags=["usual"])
        post_at(person, "x", hours=2, tags=["usual"])
        if number < 4:
            post_at(person, "x", hours=2, tags=["new"])
        post_at(people[0], "x", hours=3, tags=["lonely"])
    for person in people[:3]:
        post_at(person, "x", hours=30, tags=["steady"])
        post_at(person, "x", hours=2, tags=["steady"])

    roll_up_trends(NOW)

    found = api(people[0]).get("trending/tags").json()["results"]
    assert [card["name"] for card in found] == ["new", "steady"]  # 4 and 2.57 / 1.43^0.5; usual: 8 of 8
    assert found[0] == {"name": "new", "posts": 4, "followers": 0, "following": False}
    assert [card["name"] for card in walk(api(), "trending/tags", 1)] == ["new", "steady"]


# --- People --------------------------------------------------------------------------------------


def test_people_rise_by_new_followers_and_warm_posts(api: Any, ada: User, bob: User, eve: User) -> None:
    hermit = make_user("hermit", is_private=True)
    fans = [make_user() for _ in range(4)]
    for fan in fans:
        followed_at(fan, hermit, days=0)
        followed_at(fan, bob, days=6)  # 4 / 4
    followed_at(fans[0], ada, days=0)  # 1
    followed_at(fans[1], ada, days=3)  # 1 / 2
    post_at(eve, "warm", hours=2, reaction_count=32)  # 0.1 * 4
    followed_at(fans[0], make_user("old"), days=15)
    roll_up_trends(NOW)

    def found(client: Any) -> list[str]:
        return [card["user"]["username"] for card in walk(client, "trending/creators", 2)]

    assert found(api()) == ["ada", "bob", "eve"]
    block(bob, fans[0])
    mute(fans[0], eve)
    assert found(api(fans[0])) == ["ada"]
    suspend(ada)
    assert found(api()) == ["bob", "eve"]


def test_suggestions_name_their_reason(api: Any, ada: User, bob: User, eve: User) -> None:
    reader, near, far, rising = (make_user(name) for name in ("reader", "near", "far", "rising"))
    for friend, count in ((ada, 2), (bob, 2), (eve, 500)):
        follow(reader, friend)
        User.objects.filter(pk=friend.pk).update(following_count=count)
    for friend in (ada, bob):
        follow(friend, near)
    follow(eve, far)
    follow(eve, reader)
    followed_at(near, rising, days=0)
    roll_up_trends(NOW)

    cards = walk(api(reader), "suggestions/users", 1)

    assert [
        (
            card["user"]["username"],
            card["reason"],
            sorted(friend["username"] for friend in card["followed_by"]),
            card["followed_by_count"],
        )
        for card in cards
    ] == [
        ("near", "followed_by", ["ada", "bob"], 2),
        ("far", "followed_by", ["eve"], 1),
        ("rising", "rising", [], 0),
    ]


def test_suggestions_leave_out_whom_one_knows_or_must_not_see(api: Any, ada: User) -> None:
    reader = make_user("reader")
    follow(reader, ada)
    followed, blocked, blocking, muted, suspended, free = (make_user() for _ in range(6))
    for person in (followed, blocked, blocking, muted, suspended, free, reader):
        follow(ada, person)
    follow(reader, followed)
    block(reader, blocked)
    block(blocking, reader)
    mute(reader, muted)
    suspend(suspended)

    found = api(reader).get("suggestions/users").json()["results"]
    assert [card["user"]["username"] for card in found] == [free.username]
    api(reader).put(f"users/{free.pk}/follow")
    assert api(reader).get("suggestions/users").json()["results"] == []


# --- Generations ---------------------------------------------------------------------------------


def test_reader_goes_on_in_the_list_they_began(api: Any, ada: User) -> None:
    posts = [post_at(make_user(), str(number), hours=1, reaction_count=9 - number) for number in range(4)]
    roll_up_trends(NOW)
    first = api(ada).get("trending/posts?limit=2").json()
    react(posts[3], ada)
    Post.objects.filter(pk=posts[3].pk).update(reaction_count=100)
    roll_up_trends(NOW + HOUR)

    second = api(ada).get(first["next"].removeprefix("http://testserver")).json()

    assert [card["text"] for card in first["results"] + second["results"]] == ["0", "1", "2", "3"]
    assert texts(api(ada).get("trending/posts?limit=1")) == ["3"]
    for number in range(2, 6):
        roll_up_trends(NOW + number * HOUR)
        roll_up_trends(NOW + number * HOUR)
    generations = set(Trend.objects.filter(kind="post").values_list("generation", flat=True))
    assert len(generations) == GENERATIONS_KEPT
    assert api(ada).get(first["next"].removeprefix("http://testserver")).status_code == 200


@pytest.mark.parametrize("path", ["explore", "trending/posts", "trending/tags", "trending/creators"])
def test_nothing_is_rising_yet(api: Any, ada: User, path: str) -> None:
    for client in (api(), api(ada)):
        assert client.get(path).json() == {"results": [], "next": None}
    roll_up_trends(NOW)
    assert api().get(path).json() == {"results": [], "next": None}


# --- What it costs -------------------------------------------------------------------------------

PATHS = ["explore", "trending/posts", "trending/tags", "trending/creators", "suggestions/users"]


@pytest.mark.parametrize("path", PATHS)
def test_lists_cost_the_same_however_many(api: Any, ada: User, path: str) -> None:
    client = api(make_user("reader"))
    follow(User.objects.get(username="reader"), ada)

    def add(name: str) -> None:
        make_tag(name)
        for _ in range(2):
            person = make_user()
            post_at(person, "x", hours=1, reaction_count=3, tags=[name])
            follow(ada, person)
            followed_at(ada, make_user(), days=1)

    add("one")
    roll_up_trends(NOW)
    one = cost_of(client, path)
    add("two")
    add("three")
    roll_up_trends(NOW + HOUR)
    assert cost_of(client, path) == one
