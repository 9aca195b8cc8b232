"""Editing messages, taking them back, and reacting to them, as named people do it over REST."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from messaging.models import Conversation, Message, MessageReaction, MessageRevision
from tests.content.people import block
from tests.content.test_posts import problem, refused_at
from tests.factories.accounts import make_user
from tests.factories.messaging import make_message
from tests.messaging.test_messages import path_of, summary, texts

PREVIEW = {"url": "https://a.example", "title": "A", "description": "", "image_url": None, "site_name": "a"}

# --- Editing -----------------------------------------------------------------------------------


def test_message_is_edited(api: Any, talk: Conversation, ada: User, bob: User) -> None:
    message = make_message(talk, ada, "Helo")
    client = api(ada)
    etag = client.get(f"messages/{message.pk}")["ETag"]

    first = client.patch(f"messages/{message.pk}", json={"text": "Hello"}, **{"If-Match": etag})
    stale = client.patch(f"messages/{message.pk}", json={"text": "Hallo"}, **{"If-Match": etag})
    second = client.patch(f"messages/{message.pk}", json={"text": " Hello! "})

    assert (first.status_code, first.json()["text"], first.json()["seq"]) == (200, "Hello", 1)
    assert first.json()["edited_at"] is not None
    assert problem(stale) == (412, "precondition_failed")
    assert second.json()["text"] == "Hello!"
    history = api(bob).get(f"messages/{message.pk}/history").json()
    assert [(entry["version"], entry["text"]) for entry in history["results"]] == [(2, "Hello"), (1, "Helo")]
    assert history["results"][0].keys() == {"version", "text", "replaced_at"}
    assert texts(api(bob).get(path_of(talk))) == ["Hello!"]


def test_edit_that_changes_nothing_leaves_no_trace(api: Any, talk: Conversation, ada: User) -> None:
    message = make_message(talk, ada)
    for body in ({}, {"text": "Hello"}):
        response = api(ada).patch(f"messages/{message.pk}", json=body)
        assert (response.status_code, response.json()["edited_at"]) == (200, None)
    assert not MessageRevision.objects.exists()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"text": ""}, [("/text", "blank")]),
        ({"text": "x" * 5_001}, [("/text", "max_length")]),
        ({"text": "a\0b"}, [("/text", "null_characters")]),
        ({"text": None}, [("/text", "null")]),
        ({"text": "a", "media_ids": []}, [("/media_ids", "unknown")]),
    ],
)
def test_edit_with_a_wrong_value_is_refused(
    api: Any, talk: Conversation, ada: User, body: Any, expected: Any
) -> None:
    message = make_message(talk, ada)
    assert refused_at(api(ada).patch(f"messages/{message.pk}", json=body)) == expected


def test_edit_is_the_senders_for_fifteen_minutes(
    api: Any, group: Conversation, ada: User, bob: User, eve: User
) -> None:
    fresh = make_message(group, bob)
    old = make_message(group, bob, "old")
    moments = {fresh: dt.timedelta(minutes=14, seconds=50), old: dt.timedelta(minutes=15, seconds=1)}
    for message, age in moments.items():
        Message.objects.filter(pk=message.pk).update(created_at=timezone.now() - age)

    body = {"text": "b"}
    assert api(bob).patch(f"messages/{fresh.pk}", json=body).status_code == 200
    assert problem(api(bob).patch(f"messages/{old.pk}", json=body)) == (403, "edit_too_late")
    for user in (ada, eve):
        assert problem(api(user).patch(f"messages/{fresh.pk}", json=body)) == (403, "not_the_sender")
    stranger = api(make_user())
    assert problem(stranger.patch(f"messages/{fresh.pk}", json=body)) == (404, "not_found")
    assert problem(api().patch(f"messages/{fresh.pk}", json=body)) == (401, "not_signed_in")


# --- Taking back -------------------------------------------------------------------------------


def test_unsent_message_leaves_a_tombstone(api: Any, talk: Conversation, ada: User, bob: User) -> None:
    message = make_message(talk, ada, "Helo", preview=PREVIEW)
    make_message(talk, bob, "after")
    api(ada).patch(f"messages/{message.pk}", json={"text": "secret"})
    api(bob).put(f"messages/{message.pk}/reaction", json={"kind": "love"})
    Message.objects.filter(pk=message.pk).update(created_at=timezone.now() - dt.timedelta(days=400))

    first, again = (api(ada).delete(f"messages/{message.pk}") for _ in range(2))

    card = first.json()
    assert (first.status_code, again.json()) == (200, card)
    assert card == {
        "id": str(message.pk),
        "conversation_id": str(talk.pk),
        "seq": 1,
        "client_id": message.client_id,
        "sender": summary(ada),
        "kind": "text",
        "text": "",
        "media": [],
        "reply_to": None,
        "shared": None,
        "preview": None,
        "reactions": [],
        "is_unsent": True,
        "created_at": card["created_at"],
        "edited_at": None,
    }
    assert not MessageRevision.objects.exists()
    assert not MessageReaction.objects.exists()
    assert texts(api(bob).get(path_of(talk))) == ["after", ""]
    assert api(bob).get(f"messages/{message.pk}/history").json() == {"results": [], "next": None}
    talk.refresh_from_db()
    assert talk.last_seq == 2


def test_unsent_message_takes_nothing_more(api: Any, talk: Conversation, ada: User, bob: User) -> None:
    message = make_message(talk, ada)
    api(ada).delete(f"messages/{message.pk}")

    path = f"messages/{message.pk}"
    assert problem(api(ada).patch(path, json={"text": "b"})) == (409, "message_was_unsent")
    assert problem(api(bob).put(f"{path}/reaction", json={"kind": "like"})) == (409, "message_was_unsent")
    assert api(bob).delete(f"{path}/reaction").status_code == 200


def test_message_is_unsent_by_its_sender_alone(api: Any, group: Conversation, ada: User, bob: User) -> None:
    message = make_message(group, bob)
    assert problem(api(ada).delete(f"messages/{message.pk}")) == (403, "not_the_sender")
    assert problem(api(make_user()).delete(f"messages/{message.pk}")) == (404, "not_found")
    assert problem(api().delete(f"messages/{message.pk}")) == (401, "not_signed_in")


# --- Reacting ----------------------------------------------------------------------------------

KINDS = ("like", "love", "wow", "sad", "angry", "care", "haha", "dislike")


def test_reactions_are_set_replaced_and_cleared(api: Any, talk: Conversation, ada: User, bob: User) -> None:
    message = make_message(talk, ada)
    path = f"messages/{message.pk}/reaction"

    for kind in (*KINDS, "dislike"):
        card = api(bob).put(path, json={"kind": kind}).json()
        assert card["reactions"] == [{"user_id": str(bob.pk), "kind": kind}]
    by_ada = api(ada).put(path, json={"kind": "like"}).json()["reactions"]
    assert by_ada == [{"user_id": str(bob.pk), "kind": "dislike"}, {"user_id": str(ada.pk), "kind": "like"}]
    for _ in range(2):
        assert api(bob).delete(path).json()["reactions"] == by_ada[1:]
    assert api(bob).get(f"messages/{message.pk}").json()["edited_at"] is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("/kind", "required")]),
        ({"kind": "meh"}, [("/kind", "invalid_choice")]),
        ({"kind": None}, [("/kind", "null")]),
        ({"kind": "like", "user_id": "x"}, [("/user_id", "unknown")]),
    ],
)
def test_reaction_with_a_wrong_value_is_refused(
    api: Any, talk: Conversation, ada: User, body: Any, expected: Any
) -> None:
    message = make_message(talk, ada)
    assert refused_at(api(ada).put(f"messages/{message.pk}/reaction", json=body)) == expected


def test_reactions_of_the_blocked_are_not_shown(
    api: Any, group: Conversation, ada: User, bob: User, eve: User
) -> None:
    message = make_message(group, ada)
    for user in (bob, eve):
        api(user).put(f"messages/{message.pk}/reaction", json={"kind": "like"})
    block(eve, bob)

    def shown_to(user: User) -> list[str]:
        card = api(user).get(f"messages/{message.pk}").json()
        return [reaction["user_id"] for reaction in card["reactions"]]

    assert shown_to(ada) == [str(bob.pk), str(eve.pk)]
    assert (shown_to(bob), shown_to(eve)) == ([str(bob.pk)], [str(eve.pk)])
