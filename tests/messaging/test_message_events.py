"""What is told of messages: exactly what happened, to exactly those who may know."""

from typing import Any

import pytest

from accounts.models import User
from messaging.models import Conversation, Membership
from tests.content.people import block
from tests.factories.accounts import make_user
from tests.factories.messaging import make_conversation, make_message, seat
from tests.messaging.frames import Frame, published
from tests.messaging.test_messages import path_of

NOBODY: frozenset[str] = frozenset()


def test_story_of_a_message_is_told(api: Any, talk: Conversation, ada: User, bob: User) -> None:
    by_ada, by_bob = api(ada), api(bob)
    group = f"conversation.{talk.pk}"

    with published() as frames:
        sent = by_ada.post(path_of(talk), json={"client_id": "c", "text": "Helo"}).json()
        by_ada.post(path_of(talk), json={"client_id": "c", "text": "Helo"})
        path = f"messages/{sent['id']}"
        edited = by_ada.patch(path, json={"text": "Hello"}).json()
        by_ada.patch(path, json={"text": "Hello"})
        for kind in ("like", "like", "love"):
            by_bob.put(f"{path}/reaction", json={"kind": kind})
        for _ in range(2):
            by_bob.delete(f"{path}/reaction")
        for _ in range(2):
            by_ada.delete(path)

    here = {"conversation_id": str(talk.pk)}
    this = {**here, "message_id": sent["id"], "seq": 1}

    def reacted(*kinds: str) -> Frame:
        reactions = [{"user_id": str(bob.pk), "kind": kind} for kind in kinds]
        return Frame(group, NOBODY, "message.reacted", {**this, "reactions": reactions})

    assert frames == [
        Frame(group, NOBODY, "message.created", {**here, "message": sent}),
        Frame(group, NOBODY, "message.edited", {**here, "message": edited}),
        reacted("like"),
        reacted("love"),
        reacted(),
        Frame(group, NOBODY, "message.unsent", this),
    ]


@pytest.mark.django_db(transaction=True)
def test_refused_message_is_not_told_of(api: Any) -> None:
    ada, eve = make_user("ada"), make_user("eve")
    group = make_conversation("group", ada)
    message = make_message(group, ada)
    with published() as frames:
        api(ada).post(path_of(group), json={"text": ""})
        api(eve).post(path_of(group), json={"text": "Hi"})
        api(eve).put(f"messages/{message.pk}/reaction", json={"kind": "like"})
    assert frames == []


def test_those_who_may_not_read_a_message_are_not_told_of_it(
    api: Any, group: Conversation, ada: User, bob: User, eve: User
) -> None:
    late, foe = make_user("late"), make_user("foe")
    message = make_message(group, ada)
    for user in (late, foe):
        make_seat(group, user)
    seat(group, late, first_seq=1)
    block(foe, ada)
    block(eve, bob)
    path = f"messages/{message.pk}"

    with published() as frames:
        api(ada).patch(path, json={"text": "Changed"})
        api(bob).put(f"{path}/reaction", json={"kind": "like"})
        api(ada).delete(path)
        api(ada).post(path_of(group), json={"text": "Hi"})

    assert [(frame.type, frame.hidden_from) for frame in frames] == [
        ("message.edited", {str(late.pk), str(foe.pk)}),
        ("message.reacted", {str(late.pk), str(foe.pk), str(eve.pk)}),
        ("message.unsent", {str(late.pk), str(foe.pk)}),
        ("message.created", {str(foe.pk)}),
    ]


@pytest.mark.parametrize(("case", "text"), [("all", "Hello"), ("late", ""), ("blocked", "")])
def test_quote_is_in_a_frame_only_when_all_may_read_it(
    api: Any, group: Conversation, ada: User, bob: User, eve: User, case: str, text: str
) -> None:
    first = make_message(group, bob)
    if case == "late":
        seat(group, eve, first_seq=1)
    if case == "blocked":
        block(eve, bob)

    with published() as frames:
        sent = api(ada).post(path_of(group), json={"text": "Yes", "reply_to": str(first.pk)}).json()
        api(ada).patch(f"messages/{sent['id']}", json={"text": "No"})

    quotes = [frame.data["message"]["reply_to"] for frame in frames]
    assert sent["reply_to"]["text"] == "Hello"
    assert quotes == [{**sent["reply_to"], "text": text}] * 2


def make_seat(group: Conversation, user: User) -> None:
    Membership.objects.create(conversation=group, user=user)
