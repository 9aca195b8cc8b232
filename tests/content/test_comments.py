"""Commenting, replying, reading threads, and what authors do about comments."""

import datetime as dt
from typing import Any

import pytest
from django.core.cache import caches
from django.utils import timezone

from accounts.models import User
from content.models import Comment, CommentReaction, Post
from grover.core import caching
from tests.content.costs import cost_of
from tests.content.people import block, follow, mute, suspend
from tests.content.test_posts import problem, refused_at
from tests.factories.accounts import make_user
from tests.factories.content import counts_of, make_comment, make_post, react


def texts(response: Any) -> list[str]:
    """Give the texts of a page of comments."""
    assert response.status_code == 200
    return [card["text"] for card in response.json()["results"]]


# --- Commenting --------------------------------------------------------------------------------


def test_comment_is_added(api: Any, post: Post, bob: User) -> None:
    response = api(bob).post(f"posts/{post.pk}/comments", json={"text": " Très bien 🎉 "})

    card = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"/api/v1/comments/{card['id']}"
    assert dt.datetime.fromisoformat(card.pop("created_at")) <= timezone.now()
    assert card == {
        "id": card["id"],
        "post_id": str(post.pk),
        "parent_id": None,
        "author": {
            "id": str(bob.pk),
            "username": "bob",
            "display_name": bob.display_name,
            "avatar_url": None,
            "is_verified": False,
        },
        "text": "Très bien 🎉",
        "entities": [],
        "is_hidden": False,
        "edited_at": None,
        "counts": {"reactions": 0, "by_reaction": {}, "replies": 0},
        "viewer": {"reaction": None},
    }
    assert counts_of(post) == {"comment_count": 1}
    assert api().get(f"posts/{post.pk}").json()["counts"]["comments"] == 1


def test_reply_stands_under_its_comment(api: Any, post: Post, ada: User, bob: User) -> None:
    comment = make_comment(post, bob)

    body = {"text": "Thanks", "parent_id": str(comment.pk)}
    card = api(ada).post(f"posts/{post.pk}/comments", json=body).json()

    assert card["parent_id"] == str(comment.pk)
    assert (counts_of(post), counts_of(comment)) == ({"comment_count": 2}, {"reply_count": 1})
    assert texts(api().get(f"posts/{post.pk}/comments")) == ["Well said."]
    assert texts(api().get(f"comments/{comment.pk}/replies")) == ["Thanks"]


def test_reply_to_a_reply_joins_it(api: Any, post: Post, ada: User, bob: User) -> None:
    comment = make_comment(post, bob)
    reply = make_comment(post, ada, parent=comment)

    body = {"text": "Again", "parent_id": str(reply.pk)}
    card = api(bob).post(f"posts/{post.pk}/comments", json=body).json()

    assert card["parent_id"] == str(comment.pk)
    assert (counts_of(comment), counts_of(reply)) == ({"reply_count": 2}, {})
    assert texts(api().get(f"comments/{reply.pk}/replies")) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("/text", "required")]),
        ({"text": ""}, [("/text", "blank")]),
        ({"text": " \n "}, [("/text", "blank")]),
        ({"text": "x" * 2_001}, [("/text", "max_length")]),
        ({"text": "a\0b"}, [("/text", "null_characters")]),
        ({"text": 1}, [("/text", "invalid")]),
        ({"text": "a", "parent_id": "x"}, [("/parent_id", "invalid")]),
        ({"text": "a", "parent_id": "01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e"}, [("/parent_id", "unknown")]),
        ({"text": "a", "media_ids": []}, [("/media_ids", "unknown")]),
    ],
)
def test_comment_with_a_wrong_value_is_refused(
    api: Any, post: Post, bob: User, body: Any, expected: Any
) -> None:
    assert refused_at(api(bob).post(f"posts/{post.pk}/comments", json=body)) == expected
    assert not Comment.objects.exists()


def test_comment_takes_a_text_of_the_largest_size(api: Any, post: Post, bob: User) -> None:
    body = {"text": "🙂" * 2_000, "parent_id": None}
    assert api(bob).post(f"posts/{post.pk}/comments", json=body).json()["text"] == body["text"]


def test_reply_across_posts_or_to_the_unseen_is_refused(
    api: Any, post: Post, ada: User, bob: User, eve: User
) -> None:
    block(eve, bob)
    elsewhere = make_comment(make_post(ada), ada)
    hidden = make_comment(post, ada, is_hidden=True)
    blocked = make_comment(post, eve)
    below = make_comment(post, ada, parent=blocked)

    for parent in (elsewhere, hidden, blocked, below):
        body = {"text": "a", "parent_id": str(parent.pk)}
        response = api(bob).post(f"posts/{post.pk}/comments", json=body)
        assert refused_at(response) == [("/parent_id", "unknown")]
    assert counts_of(post) == {"comment_count": 3}


@pytest.mark.parametrize(
    ("reply_policy", "statuses"),
    [
        ("everyone", {"ada": 201, "bob": 201, "eve": 201}),
        ("followers", {"ada": 201, "bob": 201, "eve": 403}),
        ("nobody", {"ada": 201, "bob": 403, "eve": 403}),
    ],
)
def test_reply_policy_says_who_may_comment(
    api: Any, ada: User, bob: User, eve: User, reply_policy: str, statuses: dict[str, int]
) -> None:
    follow(bob, ada)
    follow(ada, eve)
    post = make_post(ada, reply_policy=reply_policy)

    for user in (ada, bob, eve):
        response = api(user).post(f"posts/{post.pk}/comments", json={"text": "a"})
        assert response.status_code == statuses[user.username]
        if response.status_code == 403:
            assert response.json()["code"] == "replies_restricted"
    assert counts_of(post).get("comment_count", 0) == list(statuses.values()).count(201)


def test_commenting_needs_to_see_the_post(api: Any, ada: User, bob: User, post: Post) -> None:
    hidden = make_post(ada, visibility="followers")
    body = {"text": "a"}
    assert problem(api(bob).post(f"posts/{hidden.pk}/comments", json=body)) == (404, "not_found")
    assert problem(api().post(f"posts/{post.pk}/comments", json=body)) == (401, "not_signed_in")
    block(ada, bob)
    assert problem(api(bob).post(f"posts/{post.pk}/comments", json=body)) == (404, "not_found")


# --- Reading -----------------------------------------------------------------------------------


def test_comments_are_sorted_as_asked(api: Any, post: Post, ada: User, bob: User, eve: User) -> None:
    first, second, third = (make_comment(post, bob, text=text) for text in ("first", "second", "third"))
    make_comment(post, ada, parent=first, text="a reply")
    react(first, ada)
    react(first, eve)
    react(second, eve)

    path = f"posts/{post.pk}/comments"
    assert texts(api().get(path)) == ["third", "second", "first"]
    assert texts(api().get(f"{path}?sort=newest")) == ["third", "second", "first"]
    assert texts(api().get(f"{path}?sort=oldest")) == ["first", "second", "third"]
    assert texts(api().get(f"{path}?sort=top")) == ["first", "second", "third"]
    assert refused_at(api().get(f"{path}?sort=best")) == [("/sort", "invalid_choice")]
    assert third.pk > second.pk


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("newest", "6543210"), ("oldest", "0123456"), ("top", "6420531")],
)
@pytest.mark.parametrize("below", [False, True])
def test_comments_are_paged(api: Any, post: Post, bob: User, sort: str, expected: str, below: bool) -> None:
    parent = make_comment(post, bob) if below else None
    for number in range(7):
        comment = make_comment(post, bob, parent=parent, text=str(number))
        if number % 2 == 0:
            react(comment, bob)

    path = f"comments/{parent.pk}/replies" if parent else f"posts/{post.pk}/comments"
    seen, url = [], f"{path}?sort={sort}&limit=3"
    while url:
        page = api(bob).get(url)
        seen += texts(page)
        url = (page.json()["next"] or "").removeprefix("http://testserver")

    assert "".join(seen) == expected


def test_comment_is_read_by_itself(api: Any, post: Post, bob: User, eve: User) -> None:
    comment = make_comment(post, bob, text="Mine")
    react(comment, eve, "love")

    response = api(eve).get(f"comments/{comment.pk}")

    assert (response.status_code, response.json()["text"]) == (200, "Mine")
    assert response.json()["viewer"] == {"reaction": "love"}
    etag = response["ETag"]
    assert api(eve).get(f"comments/{comment.pk}", **{"If-None-Match": etag}).status_code == 304


def test_comments_of_the_blocked_and_suspended_are_not_shown(
    api: Any, post: Post, ada: User, bob: User, eve: User
) -> None:
    gone, muted = make_user("gone"), make_user("muted")
    by_eve = make_comment(post, eve, text="eve")
    below_eve = make_comment(post, ada, parent=by_eve, text="below eve")
    by_gone = make_comment(post, gone, text="gone")
    make_comment(post, muted, text="muted")
    make_comment(post, bob, text="bob")
    block(bob, eve)
    suspend(gone)
    mute(bob, muted)

    assert texts(api(bob).get(f"posts/{post.pk}/comments?limit=2")) == ["bob", "muted"]
    assert texts(api(eve).get(f"posts/{post.pk}/comments")) == ["muted", "eve"]
    assert texts(api().get(f"posts/{post.pk}/comments")) == ["bob", "muted", "eve"]
    for comment in (by_eve, below_eve, by_gone):
        assert problem(api(bob).get(f"comments/{comment.pk}")) == (404, "not_found")
    assert problem(api(bob).get(f"comments/{by_eve.pk}/replies")) == (404, "not_found")


def test_comments_under_a_hidden_post_are_not_found(api: Any, ada: User, bob: User) -> None:
    post = make_post(ada, visibility="private")
    comment = make_comment(post, ada)
    for client in (api(bob), api()):
        for path in (f"posts/{post.pk}/comments", f"comments/{comment.pk}", f"comments/{comment.pk}/replies"):
            assert problem(client.get(path)) == (404, "not_found")
    empty = make_post(ada, visibility="private")
    assert problem(api(bob).get(f"posts/{empty.pk}/comments")) == (404, "not_found")


@pytest.mark.parametrize("comment_id", ["x", "01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e"])
def test_unknown_comment_is_not_found(api: Any, ada: User, comment_id: str) -> None:
    for method, path, body in (
        ("get", "", None),
        ("patch", "", {"text": "a"}),
        ("delete", "", None),
        ("get", "/replies", None),
        ("put", "/hide", None),
        ("delete", "/hide", None),
        ("put", "/reaction", {"kind": "like"}),
        ("delete", "/reaction", None),
    ):
        response = api(ada).request(method, f"comments/{comment_id}{path}", json=body)
        assert problem(response) == (404, "not_found"), (method, path)


@pytest.mark.parametrize("below", [False, True])
def test_comments_cost_the_same_however_many(api: Any, post: Post, ada: User, bob: User, below: bool) -> None:
    parent = make_comment(post, ada) if below else None
    path = f"comments/{parent.pk}/replies" if parent else f"posts/{post.pk}/comments"
    client = api(bob)
    make_comment(post, make_user("author0"), parent=parent)
    one = cost_of(client, path)
    for number in (1, 2):
        make_comment(post, make_user(f"author{number}"), parent=parent)
    assert (one, cost_of(client, path)) == (5, 5)


def test_comments_read_again_cost_one_round_trip(
    api: Any, post: Post, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_comment(post, make_user("author"))
    client, path = api(bob), f"posts/{post.pk}/comments"
    assert texts(client.get(path)) == ["Well said."]
    trips = []
    stamps = caches[caching.STAMPS]
    read = stamps.get_many
    monkeypatch.setattr(stamps, "get_many", lambda names: trips.append(1) or read(names))

    assert (cost_of(client, path, cold=False), len(trips)) == (0, 1)


# --- Editing -----------------------------------------------------------------------------------


def test_comment_is_edited(api: Any, post: Post, bob: User) -> None:
    comment = make_comment(post, bob)
    client = api(bob)
    etag = client.get(f"comments/{comment.pk}")["ETag"]

    first = client.patch(f"comments/{comment.pk}", json={"text": "Better"}, **{"If-Match": etag})
    second = client.patch(f"comments/{comment.pk}", json={"text": "Worse"}, **{"If-Match": etag})

    assert (first.status_code, first.json()["text"]) == (200, "Better")
    assert first.json()["edited_at"] is not None
    assert problem(second) == (412, "precondition_failed")
    assert texts(api().get(f"posts/{post.pk}/comments")) == ["Better"]


def test_comment_edit_that_changes_nothing_leaves_no_trace(api: Any, post: Post, bob: User) -> None:
    comment = make_comment(post, bob)
    for body in ({}, {"text": "Well said."}):
        response = api(bob).patch(f"comments/{comment.pk}", json=body)
        assert (response.status_code, response.json()["edited_at"]) == (200, None)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"text": ""}, [("/text", "blank")]),
        ({"text": "x" * 2_001}, [("/text", "max_length")]),
        ({"text": "a", "parent_id": None}, [("/parent_id", "unknown")]),
    ],
)
def test_comment_edit_with_a_wrong_value_is_refused(
    api: Any, post: Post, bob: User, body: Any, expected: Any
) -> None:
    comment = make_comment(post, bob)
    assert refused_at(api(bob).patch(f"comments/{comment.pk}", json=body)) == expected


def test_comment_edit_is_refused_to_others(api: Any, post: Post, ada: User, bob: User, eve: User) -> None:
    comment = make_comment(post, bob)
    for user in (ada, eve):
        response = api(user).patch(f"comments/{comment.pk}", json={"text": "b"})
        assert problem(response) == (403, "not_the_author")
    assert problem(api().patch(f"comments/{comment.pk}", json={"text": "b"})) == (401, "not_signed_in")


# --- Deleting ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_comment_is_deleted_with_its_replies(api: Any) -> None:
    ada, bob, eve = make_user("ada"), make_user("bob"), make_user("eve")
    post = make_post(ada)
    comment, other = make_comment(post, bob), make_comment(post, eve)
    for _ in range(2):
        react(make_comment(post, eve, parent=comment), bob)
    react(comment, eve)
    react(other, bob)

    assert api(bob).delete(f"comments/{comment.pk}").status_code == 204

    assert list(Comment.objects.values_list("pk", flat=True)) == [other.pk]
    assert CommentReaction.objects.count() == 1
    assert counts_of(post) == {"comment_count": 1}
    assert problem(api(bob).delete(f"comments/{comment.pk}")) == (404, "not_found")


def test_reply_is_deleted_alone(api: Any, post: Post, bob: User, eve: User) -> None:
    comment = make_comment(post, bob)
    reply, _ = make_comment(post, eve, parent=comment), make_comment(post, eve, parent=comment)

    assert api(eve).delete(f"comments/{reply.pk}").status_code == 204

    assert (counts_of(post), counts_of(comment)) == ({"comment_count": 2}, {"reply_count": 1})


def test_comment_is_deleted_by_the_author_of_the_post(api: Any, post: Post, ada: User, bob: User) -> None:
    comment = make_comment(post, bob)
    assert api(ada).delete(f"comments/{comment.pk}").status_code == 204
    assert counts_of(post) == {}


def test_comment_delete_is_refused_to_others(api: Any, post: Post, ada: User, bob: User, eve: User) -> None:
    comment = make_comment(post, bob)
    reply = make_comment(post, eve, parent=comment)

    assert problem(api(eve).delete(f"comments/{comment.pk}")) == (403, "not_the_author")
    assert problem(api(bob).delete(f"comments/{reply.pk}")) == (403, "not_the_author")
    assert problem(api().delete(f"comments/{comment.pk}")) == (401, "not_signed_in")
    assert Comment.objects.count() == 2


def test_replies_whose_comment_was_deleted_are_gone_before_the_job(
    api: Any, post: Post, ada: User, bob: User
) -> None:
    comment = make_comment(post, bob)
    reply = make_comment(post, ada, parent=comment)
    Comment.objects.filter(pk=comment.pk).delete()

    assert problem(api(ada).get(f"comments/{reply.pk}")) == (404, "not_found")
    assert problem(api(ada).delete(f"comments/{reply.pk}")) == (404, "not_found")
    body = {"text": "a", "parent_id": str(reply.pk)}
    assert refused_at(api(ada).post(f"posts/{post.pk}/comments", json=body)) == [("/parent_id", "unknown")]


# --- Hiding ------------------------------------------------------------------------------------


def test_hidden_comment_is_seen_by_its_author_and_the_post_s(
    api: Any, post: Post, ada: User, bob: User, eve: User
) -> None:
    comment = make_comment(post, bob)
    reply = make_comment(post, eve, parent=comment)

    for _ in range(2):
        response = api(ada).put(f"comments/{comment.pk}/hide")
        assert (response.status_code, response.json()["is_hidden"]) == (200, True)

    for client in (api(ada), api(bob)):
        assert texts(client.get(f"posts/{post.pk}/comments")) == ["Well said."]
        assert client.get(f"comments/{comment.pk}").json()["is_hidden"] is True
        assert texts(client.get(f"comments/{comment.pk}/replies")) == ["Well said."]
    for client in (api(eve), api()):
        assert texts(client.get(f"posts/{post.pk}/comments")) == []
        for path in (f"comments/{comment.pk}", f"comments/{comment.pk}/replies", f"comments/{reply.pk}"):
            assert problem(client.get(path)) == (404, "not_found")

    for _ in range(2):
        response = api(ada).delete(f"comments/{comment.pk}/hide")
        assert (response.status_code, response.json()["is_hidden"]) == (200, False)
    assert texts(api().get(f"posts/{post.pk}/comments")) == ["Well said."]


def test_hiding_is_refused_to_all_but_the_author_of_the_post(
    api: Any, post: Post, bob: User, eve: User
) -> None:
    comment = make_comment(post, bob)
    for method in ("put", "delete"):
        for user in (bob, eve):
            response = api(user).request(method, f"comments/{comment.pk}/hide")
            assert problem(response) == (403, "not_your_post")
        assert problem(api().request(method, f"comments/{comment.pk}/hide")) == (401, "not_signed_in")
    comment.refresh_from_db()
    assert comment.is_hidden is False
