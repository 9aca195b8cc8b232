"""Where one keeps a conversation: archived, muted, cleared."""

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.models import User
from tests.factories.accounts import make_user
from tests.factories.messaging import make_conversation, make_message, seat
from tests.messaging.test_conversations import codes, direct


def test_conversation_is_archived_and_taken_out(api: Any, ada: User, bob: User) -> None:
    conversation = make_conversation("direct", ada, bob)
    path = f"conversations/{conversation.pk}/archive"

    for _ in range(2):
        assert api(ada).put(path).json()["folder"] == "archived"
    assert seat(conversation, bob).folder == "inbox"
    for _ in range(2):
        assert api(ada).delete(path).json()["folder"] == "inbox"
    seat(conversation, ada, folder="requests")
    refused = api(ada).put(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_accepted")
    assert api(ada).delete(path).json()["folder"] == "requests"
    assert api(make_user()).put(path).status_code == 404


def test_conversation_is_muted(api: Any, ada: User, bob: User) -> None:
    conversation = make_conversation("direct", ada, bob)
    path = f"conversations/{conversation.pk}/mute"
    tomorrow = (timezone.now() + dt.timedelta(days=1)).replace(microsecond=0)

    assert api(ada).put(path).json()["muted_until"] == "9999-01-01T00:00:00Z"
    until = tomorrow.isoformat().replace("+00:00", "Z")
    assert api(ada).put(path, json={"until": until}).json()["muted_until"] == until
    assert api(ada).put(path, json={"until": None}).json()["muted_until"] == "9999-01-01T00:00:00Z"
    assert seat(conversation, bob).muted_until is None
    past = api(ada).put(path, json={"until": "2020-01-01T00:00:00Z"})
    assert (past.status_code, codes(past)) == (422, [("/until", "out_of_range")])
    assert api(ada).delete(path).json()["muted_until"] is None
    assert api(make_user()).put(path).status_code == 404


def test_direct_conversation_is_cleared_for_oneself(api: Any, ada: User, bob: User) -> None:
    conversation = make_conversation("direct", ada, bob)
    make_message(conversation, bob, "Before")
    path = f"conversations/{conversation.pk}"

    for _ in range(2):
        assert api(ada).delete(path).status_code == 204
    assert api(ada).get("conversations").json()["results"] == []
    card = api(ada).get(path).json()
    assert (card["last_seq"], card["read_seq"], card["unread"], card["last_message"]) == (1, 1, 0, None)
    assert len(api(bob).get("conversations").json()["results"]) == 1
    assert api(bob).get(path).json()["last_message"]["text"] == "Before"

    make_message(conversation, bob, "After")
    [card] = api(ada).get("conversations").json()["results"]
    assert (card["unread"], card["last_message"]["text"]) == (1, "After")


def test_cleared_conversation_is_shown_when_it_is_begun_again(api: Any, ada: User, bob: User) -> None:
    conversation = make_conversation("direct", ada, bob)
    make_message(conversation, bob, "Before")
    api(ada).delete(f"conversations/{conversation.pk}")
    again = api(ada).post("conversations", json=direct(bob))

    assert (again.status_code, again.json()["last_message"]) == (200, None)
    assert len(api(ada).get("conversations").json()["results"]) == 1
