"""Reacting to posts and comments, and who did."""

from typing import Any

import pytest

from accounts.models import User
from content.models import CommentReaction, Post, PostReaction
from messaging.enums import ReactionKind
from tests.content.costs import cost_of
from tests.content.people import block, mute, suspend
from tests.content.test_posts import problem, refused_at
from tests.factories.accounts import make_user
from tests.factories.content import counts_of, make_comment, make_post, react


@pytest.mark.parametrize("kind", [kind.value for kind in ReactionKind])
def test_reaction_of_each_kind_is_counted(api: Any, post: Post, bob: User, kind: str) -> None:
    response = api(bob).put(f"posts/{post.pk}/reaction", json={"kind": kind})

    card = response.json()
    assert response.status_code == 200
    assert (card["counts"]["reactions"], card["counts"]["by_reaction"]) == (1, {kind: 1})
    assert card["viewer"] == {"reaction": kind, "saved": False, "reposted": False}
    assert counts_of(post) == {"reaction_count": 1, f"{kind}_count": 1}


def test_second_reaction_replaces_the_first(api: Any, post: Post, bob: User) -> None:
    client = api(bob)
    for kind in ("like", "love", "love", "haha"):
        card = client.put(f"posts/{post.pk}/reaction", json={"kind": kind}).json()
        assert (card["counts"]["by_reaction"], card["viewer"]["reaction"]) == ({kind: 1}, kind)
    assert PostReaction.objects.count() == 1
    assert counts_of(post) == {"reaction_count": 1, "haha_count": 1}


def test_reaction_taken_back_counts_no_more(api: Any, post: Post, bob: User, eve: User) -> None:
    react(post, eve, "wow")
    react(post, bob, "like")
    for _ in range(2):
        response = api(bob).delete(f"posts/{post.pk}/reaction")
        assert response.status_code == 200
        assert response.json()["counts"]["by_reaction"] == {"wow": 1}
        assert response.json()["viewer"]["reaction"] is None
    assert counts_of(post) == {"reaction_count": 1, "wow_count": 1}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("/kind", "required")]),
        ({"kind": "meh"}, [("/kind", "invalid_choice")]),
        ({"kind": None}, [("/kind", "null")]),
        ({"kind": ["like"]}, [("/kind", "invalid_choice")]),
        ({"kind": "like", "strength": 3}, [("/strength", "unknown")]),
    ],
)
def test_reaction_with_a_wrong_value_is_refused(
    api: Any, post: Post, bob: User, body: Any, expected: Any
) -> None:
    comment = make_comment(post, bob)
    assert refused_at(api(bob).put(f"posts/{post.pk}/reaction", json=body)) == expected
    assert refused_at(api(bob).put(f"comments/{comment.pk}/reaction", json=body)) == expected


def test_reaction_to_what_is_hidden_is_refused(api: Any, ada: User, bob: User, eve: User) -> None:
    private, blocked = make_post(ada, visibility="private"), make_post(eve)
    block(eve, bob)
    for post in (private, blocked):
        comment = make_comment(post, ada)
        for path in (f"posts/{post.pk}/reaction", f"comments/{comment.pk}/reaction"):
            assert problem(api(bob).put(path, json={"kind": "like"})) == (404, "not_found")
            assert problem(api(bob).delete(path)) == (404, "not_found")
            assert problem(api().put(path, json={"kind": "like"})) == (401, "not_signed_in")
            assert problem(api().delete(path)) == (401, "not_signed_in")
    assert not PostReaction.objects.exists()


def test_comment_is_reacted_to(api: Any, post: Post, bob: User, eve: User) -> None:
    comment = make_comment(post, eve)
    client = api(bob)

    first = client.put(f"comments/{comment.pk}/reaction", json={"kind": "like"})
    second = client.put(f"comments/{comment.pk}/reaction", json={"kind": "care"})

    assert (first.status_code, first.json()["viewer"]) == (200, {"reaction": "like"})
    assert second.json()["counts"] == {"reactions": 1, "by_reaction": {"care": 1}, "replies": 0}
    assert api(eve).get(f"comments/{comment.pk}").json()["viewer"] == {"reaction": None}
    for _ in range(2):
        card = client.delete(f"comments/{comment.pk}/reaction").json()
        assert (card["counts"]["reactions"], card["viewer"]) == (0, {"reaction": None})
    assert counts_of(comment) == {}
    assert not CommentReaction.objects.exists()


# --- The list ----------------------------------------------------------------------------------


def test_reactions_are_listed_newest_first_and_by_kind(api: Any, post: Post, bob: User, eve: User) -> None:
    first, second = react(post, bob, "like"), react(post, eve, "angry")

    everything = api().get(f"posts/{post.pk}/reactions").json()

    assert everything["next"] is None
    assert [(item["user"]["username"], item["kind"]) for item in everything["results"]] == [
        ("eve", "angry"),
        ("bob", "like"),
    ]
    assert set(everything["results"][0]) == {"user", "kind", "created_at"}
    assert everything["results"][0]["user"] == {
        "id": str(eve.pk),
        "username": "eve",
        "display_name": eve.display_name,
        "avatar_url": None,
        "is_verified": False,
    }
    likes = api().get(f"posts/{post.pk}/reactions?kind=like").json()["results"]
    assert [item["user"]["username"] for item in likes] == ["bob"]
    assert api().get(f"posts/{post.pk}/reactions?kind=sad").json()["results"] == []
    assert refused_at(api().get(f"posts/{post.pk}/reactions?kind=meh")) == [("/kind", "invalid_choice")]
    assert first.pk < second.pk


def test_reactions_are_paged(api: Any, post: Post) -> None:
    people = [make_user(f"fan{number}") for number in range(5)]
    for person in people:
        react(post, person)

    seen, url = [], f"/api/v1/posts/{post.pk}/reactions?kind=like&limit=2"
    while url:
        page = api().get(url).json()
        seen.append([item["user"]["username"] for item in page["results"]])
        url = page["next"] and page["next"].removeprefix("http://testserver")

    assert seen == [["fan4", "fan3"], ["fan2", "fan1"], ["fan0"]]


def test_reactions_of_the_blocked_and_suspended_are_left_out(
    api: Any, post: Post, ada: User, bob: User, eve: User
) -> None:
    gone, muted = make_user("gone"), make_user("muted")
    for person in (eve, gone, muted, bob):
        react(post, person)
    block(eve, bob)
    suspend(gone)
    mute(bob, muted)

    names = [
        item["user"]["username"]
        for item in api(bob).get(f"posts/{post.pk}/reactions?limit=2").json()["results"]
    ]

    assert names == ["bob", "muted"]


def test_reactions_to_a_hidden_post_are_not_found(api: Any, ada: User, bob: User) -> None:
    post = make_post(ada, visibility="followers")
    for client in (api(bob), api()):
        assert problem(client.get(f"posts/{post.pk}/reactions")) == (404, "not_found")


def test_reactions_cost_the_same_however_many(api: Any, post: Post, bob: User) -> None:
    client, path = api(bob), f"posts/{post.pk}/reactions"
    react(post, make_user("fan0"))
    one = cost_of(client, path)
    for number in (1, 2):
        react(post, make_user(f"fan{number}"))
    assert (one, cost_of(client, path)) == (4, 4)
