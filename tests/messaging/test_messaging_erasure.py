"""What remains of a person in what they said and were in: tombstones, and exact rosters."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts import ports
from accounts.actions.deletion import begin_due_erasures
from accounts.models import User
from grover.media.models import Media
from messaging.actions import erasure
from messaging.models import (
    Conversation,
    Membership,
    Message,
    MessageReaction,
    MessageRevision,
)
from tests.factories.accounts import PASSWORD
from tests.factories.media import make_media
from tests.factories.messaging import make_conversation, make_message, seat
from tests.messaging.frames import published

pytestmark = pytest.mark.django_db(transaction=True)


def erase(user: User) -> None:
    ports.erase_person.call(user.pk)


def counts(conversation: Conversation) -> tuple[int, int, int]:
    conversation.refresh_from_db()
    rows = Membership.objects.filter(conversation=conversation).count()
    return conversation.member_count, rows, conversation.roster_version


def illustrated(conversation: Conversation, sender: User, text: str) -> Message:
    """Make a message that shows an upload, said something else before and has a reaction."""
    media = make_media(sender.pk)
    message = make_message(conversation, sender, text, media_ids=[str(media.pk)])
    Media.objects.filter(pk=media.pk).update(attached_to=f"message:{message.pk}")
    MessageRevision.objects.create(message=message, version=1, text="before")
    MessageReaction.objects.create(message=message, user=sender, kind="like")
    return message


def test_person_who_leaves_is_in_no_conversation_any_more(ada: User, bob: User, eve: User) -> None:
    direct, club = make_conversation("direct", ada, bob), make_conversation("group", ada, bob, eve)
    alone, others = make_conversation("group", ada), make_conversation("group", bob, eve)

    for _ in range(2):
        erase(ada)

        assert counts(direct) == (1, 1, 2)
        assert counts(club) == (2, 2, 2)
        assert counts(others) == (2, 2, 1)
        assert seat(club, bob).role == "owner"
        assert not Conversation.objects.filter(pk=alone.pk).exists()


def test_messages_of_who_leaves_become_tombstones(api: Any, ada: User, bob: User) -> None:
    direct = make_conversation("direct", ada, bob)
    theirs, kept = illustrated(direct, ada, "Secret"), illustrated(direct, bob, "Kept")
    shared = make_message(direct, ada, "", kind="shared", shared_kind="post", shared_id=direct.pk)
    MessageReaction.objects.create(message=kept, user=ada, kind="love")

    with published() as frames:
        erase(ada)

    assert [(frame.type, frame.data["seq"]) for frame in frames if frame.type == "message.unsent"] == [
        ("message.unsent", 1),
        ("message.unsent", 3),
    ]
    for message in (theirs, shared):
        message.refresh_from_db()
        assert (message.sender_id, message.text, message.media_ids, message.preview) == (None, "", [], None)
        assert (message.shared_kind, message.shared_id, message.reply_to_id) == ("", None, None)
        assert message.unsent_at is not None
    kept.refresh_from_db()
    assert (kept.sender_id, kept.text, kept.unsent_at) == (bob.pk, "Kept", None)
    assert list(Media.objects.values_list("owner_id", flat=True)) == [bob.pk]
    assert list(MessageRevision.objects.values_list("message_id", flat=True)) == [kept.pk]
    assert set(MessageReaction.objects.values_list("message_id", flat=True)) == {kept.pk}
    listed = api(bob).get(f"conversations/{direct.pk}/messages").json()["results"]
    assert [
        (item["seq"], item["sender"] and item["sender"]["username"], item["text"]) for item in listed
    ] == [
        (3, None, ""),
        (2, "bob", "Kept"),
        (1, None, ""),
    ]


def test_tombstones_of_several_may_have_had_one_client_id(ada: User, bob: User, eve: User) -> None:
    club = make_conversation("group", eve, ada, bob)
    for user in (ada, bob):
        make_message(club, user, client_id="1")

    for user in (ada, bob):
        erase(user)
    assert list(Message.objects.values_list("sender_id", "client_id")) == [(None, "1"), (None, "1")]


def test_many_messages_are_emptied_in_batches(ada: User, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "BATCH", 3)
    direct = make_conversation("direct", ada, bob)
    for number in range(8):
        make_message(direct, ada, str(number))

    erase(ada)
    assert set(Message.objects.values_list("text", flat=True)) == {""}


def test_direct_conversation_of_two_who_left_is_erased(ada: User, bob: User) -> None:
    direct = make_conversation("direct", ada, bob)
    illustrated(direct, ada, "Hello")

    erase(ada)
    erase(bob)
    rows = (Conversation, Membership, Message, MessageReaction, MessageRevision, Media)
    assert [table._default_manager.count() for table in rows] == [0] * 6


def test_picture_of_who_leaves_is_taken_down(ada: User, bob: User) -> None:
    picture, other = make_media(ada.pk), make_media(bob.pk)
    mine = make_conversation("group", bob, ada, picture_id=picture.pk)
    left = make_conversation("group", bob, picture_id=other.pk)
    for conversation, media in ((mine, picture), (left, other)):
        place = f"conversation:{conversation.pk}:picture"
        Media.objects.filter(pk=media.pk).update(attached_to=place)

    erase(ada)
    mine.refresh_from_db()
    left.refresh_from_db()
    assert (mine.picture_id, left.picture_id) == (None, other.pk)
    assert list(Media.objects.values_list("pk", flat=True)) == [other.pk]


def test_conversation_that_somebody_is_in_is_not_erased(ada: User) -> None:
    club = make_conversation("group", ada)
    make_message(club, ada)

    erasure.erase_conversation(club.pk)
    assert (Conversation.objects.count(), Message.objects.count()) == (1, 1)


def test_erased_conversation_leaves_nothing(
    api: Any, ada: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "BATCH", 2)
    picture = make_media(ada.pk)
    body = {"kind": "group", "user_ids": [str(bob.pk)], "picture_id": str(picture.pk)}
    club = Conversation.objects.get(pk=api(ada).post("conversations", json=body).json()["id"])
    for number in range(5):
        illustrated(club, ada, str(number))

    for user in (bob, ada):
        api(user).delete(f"conversations/{club.pk}")
    rows = (Conversation, Membership, Message, MessageReaction, MessageRevision, Media)
    assert [table._default_manager.count() for table in rows] == [0] * 6


def test_whole_account_is_erased_with_its_conversations(api: Any, ada: User, bob: User, eve: User) -> None:
    direct, club = make_conversation("direct", ada, bob), make_conversation("group", ada, bob, eve)
    for conversation in (direct, club):
        make_message(conversation, ada, "Mine")
    api(ada).delete("me", json={"password": PASSWORD})
    assert api(bob).get(f"conversations/{direct.pk}").json()["peer"] is None
    assert counts(club) == (3, 3, 1)

    begin_due_erasures(timezone.now() + dt.timedelta(days=31))
    ada.refresh_from_db()
    assert ada.status == "erased"
    assert (counts(direct), counts(club)) == ((1, 1, 2), (2, 2, 2))
    assert set(Message.objects.values_list("sender_id", "text")) == {(None, "")}
    answer = api(bob).post(f"conversations/{direct.pk}/messages", json={"client_id": "1", "text": "Hello?"})
    assert answer.status_code == 403
    begun = api(bob).post("conversations", json={"kind": "direct", "user_ids": [str(ada.pk)]})
    assert begun.status_code == 404
