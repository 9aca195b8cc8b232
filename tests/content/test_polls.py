"""Asking and answering polls."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from content.actions.polls import vote
from content.errors import PollClosed
from content.models import Poll, PollOption, PollVote, Post
from grover.core.moments import present
from grover.core.viewers import Viewer, on_behalf_of
from tests.content.costs import cost_of
from tests.content.people import block
from tests.content.test_posts import problem, refused_at
from tests.factories.accounts import make_user
from tests.factories.content import make_poll, make_post
from tests.races import run_parallel

POLL = {"options": ["Yes", "No", "Maybe"]}


def votes(card: dict[str, Any]) -> list[int]:
    return [option["votes"] for option in card["poll"]["options"]]


def test_poll_is_asked(api: Any, ada: User) -> None:
    closes_at = present() + dt.timedelta(hours=2)
    poll = {**POLL, "allows_several": True, "closes_at": closes_at.isoformat()}

    card = api(ada).post("posts", json={"poll": poll}).json()

    assert dt.datetime.fromisoformat(card["poll"].pop("closes_at")) == closes_at
    assert card["poll"] == {
        "options": [{"text": text, "votes": 0} for text in POLL["options"]],
        "voters": 0,
        "allows_several": True,
        "chosen": None,
    }


def test_poll_closes_after_a_day(api: Any, ada: User) -> None:
    card = api(ada).post("posts", json={"poll": POLL}).json()
    left = dt.datetime.fromisoformat(card["poll"]["closes_at"]) - timezone.now()
    assert dt.timedelta(hours=23, minutes=59) < left <= dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("poll", "refused"),
    [
        ({}, [("/poll/options", "required")]),
        ({"options": ["One"]}, [("/poll/options", "min_length")]),
        ({"options": [str(number) for number in range(11)]}, [("/poll/options", "max_length")]),
        ({"options": ["Yes", " yes "]}, [("/poll/options", "not_distinct")]),
        ({"options": ["Yes", ""]}, [("/poll/options/1", "blank")]),
        ({"options": ["Yes", "x" * 101]}, [("/poll/options/1", "max_length")]),
        ({"options": ["Yes", 1]}, [("/poll/options/1", "invalid")]),
        ({**POLL, "closes_at": "tomorrow"}, [("/poll/closes_at", "invalid")]),
        ({**POLL, "closes_at": "2020-01-01T00:00:00Z"}, [("/poll/closes_at", "out_of_range")]),
        ({**POLL, "closes_at": "2999-01-01T00:00:00Z"}, [("/poll/closes_at", "out_of_range")]),
        ({**POLL, "secret": True}, [("/poll/secret", "unknown")]),
    ],
)
def test_malformed_poll_is_refused(api: Any, ada: User, poll: Any, refused: Any) -> None:
    assert refused_at(api(ada).post("posts", json={"text": "Well?", "poll": poll})) == refused
    assert not Post.objects.exists()


def test_vote_is_counted_and_changed(api: Any, ada: User, bob: User, eve: User) -> None:
    post = make_poll(make_post(ada), ["Yes", "No"])
    path = f"posts/{post.pk}"

    first = api(bob).put(f"{path}/vote", json={"option": 0}).json()
    api(eve).put(f"{path}/vote", json={"options": [0]})
    changed = api(bob).put(f"{path}/vote", json={"option": 1}).json()
    again = api(bob).put(f"{path}/vote", json={"option": 1}).json()

    assert (votes(first), first["poll"]["chosen"]) == ([1, 0], [0])
    assert (votes(changed), changed["poll"]["chosen"], changed["poll"]["voters"]) == ([1, 1], [1], 2)
    assert again == changed
    seen = api(ada).get(path).json()
    assert (votes(seen), seen["poll"]["chosen"]) == ([1, 1], None)


def test_several_options_are_chosen_where_they_may_be(api: Any, ada: User, bob: User) -> None:
    several = make_poll(make_post(ada), ["A", "B", "C"], allows_several=True)
    card = api(bob).put(f"posts/{several.pk}/vote", json={"options": [2, 0, 2]}).json()
    assert (votes(card), card["poll"]["chosen"], card["poll"]["voters"]) == ([1, 0, 1], [0, 2], 1)

    one = make_poll(make_post(ada), ["A", "B"])
    refused = api(bob).put(f"posts/{one.pk}/vote", json={"options": [0, 1]})
    assert refused_at(refused) == [("/options", "too_many")]


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({}, [("/option", "required")]),
        ({"option": 0, "options": [0]}, [("/option", "required")]),
        ({"option": 2}, [("/options", "unknown")]),
        ({"option": -1}, [("/option", "min_value")]),
        ({"option": "0"}, [("/option", "invalid")]),
        ({"options": []}, [("/options", "min_length")]),
        ({"options": [0, 9]}, [("/options", "too_many")]),
    ],
)
def test_malformed_vote_is_refused(api: Any, ada: User, bob: User, body: Any, refused: Any) -> None:
    post = make_poll(make_post(ada), ["Yes", "No"])
    assert refused_at(api(bob).put(f"posts/{post.pk}/vote", json=body)) == refused
    assert not PollVote.objects.exists()


def test_vote_needs_a_poll_that_is_seen(api: Any, ada: User, bob: User) -> None:
    plain, hidden = make_post(ada), make_poll(make_post(ada), ["Yes", "No"])
    assert problem(api(bob).put(f"posts/{plain.pk}/vote", json={"option": 0})) == (404, "no_poll")
    block(ada, bob)
    assert problem(api(bob).put(f"posts/{hidden.pk}/vote", json={"option": 0})) == (404, "not_found")


def test_closed_poll_takes_no_votes(api: Any, ada: User, bob: User) -> None:
    now = timezone.now()
    post = make_poll(make_post(ada), ["Yes", "No"], closes_at=now + dt.timedelta(seconds=10))
    viewer = on_behalf_of(bob.pk)

    vote(viewer, post_id=post.pk, options=[0], now=now + dt.timedelta(seconds=9.999))
    with pytest.raises(PollClosed):
        vote(viewer, post_id=post.pk, options=[1], now=now + dt.timedelta(seconds=10))

    Poll.objects.update(closes_at=now)
    refused = api(bob).put(f"posts/{post.pk}/vote", json={"option": 1})
    assert problem(refused) == (409, "poll_closed")
    assert list(PollOption.objects.order_by("position").values_list("vote_count", flat=True)) == [1, 0]


@pytest.mark.django_db(transaction=True)
def test_vote_is_counted_once_under_fifty_parallel_requests() -> None:
    post = make_poll(make_post(make_user()), ["A", "B", "C"], allows_several=True)
    one = on_behalf_of(make_user().pk)

    results = run_parallel(50, lambda number: _vote(one, post.pk, {number % 3, number % 2}))

    assert [result for result in results if result is not None] == []
    [row] = PollVote.objects.all()
    assert Poll.objects.get().voter_count == 1
    counts = PollOption.objects.order_by("position").values_list("vote_count", flat=True)
    assert list(counts) == [int(position in row.options) for position in range(3)]


@pytest.mark.django_db(transaction=True)
def test_votes_of_many_are_counted_exactly() -> None:
    post = make_poll(make_post(make_user()), ["A", "B", "C"])
    people = [on_behalf_of(make_user().pk) for _ in range(30)]

    def act(number: int) -> None:
        _vote(people[number], post.pk, {number % 3})
        _vote(people[number], post.pk, {(number + 1) % 3})

    assert [result for result in run_parallel(30, act) if result is not None] == []
    counts = PollOption.objects.order_by("position").values_list("vote_count", flat=True)
    assert (list(counts), Poll.objects.get().voter_count) == ([10, 10, 10], 30)


def _vote(viewer: Viewer, post_id: uuid.UUID, options: set[int]) -> None:
    vote(viewer, post_id=post_id, options=options)


def test_feed_with_polls_costs_the_same_however_many(api: Any, ada: User) -> None:
    make_poll(make_post(ada), ["A", "B"])
    one = cost_of(api(ada), "feed")
    for _ in range(2):
        make_poll(make_post(ada), ["A", "B"])
    assert cost_of(api(ada), "feed") == one
