"""Removing for good: groups that nobody is in any more, and what a person said and was in.

These run in jobs, in small transactions, and may be run again from the start.
"""

import uuid
from collections.abc import Collection

from django.db.models import F
from django.utils import timezone

from grover.core.db import atomic
from grover.core.events import emit
from grover.core.ids import parse_id
from grover.core.races import settled, turn
from grover.media.actions.attachments import delete_attached
from grover.media.selectors import places_of
from messaging.actions.members import part
from messaging.actions.rosters import PICTURE, picture_place, shrink_roster, take_turn, tell_changed
from messaging.events.messages import MessageUnsent
from messaging.models import Conversation, Membership, Message, MessageReaction, MessageRevision
from messaging.selectors.conversations import audience_of

BATCH = 200


def erase_conversation(conversation_id: uuid.UUID) -> None:
    """Remove a conversation that nobody is in any more, with its messages and all that hung on them."""
    if Membership.objects.filter(conversation_id=conversation_id).exists():
        return
    while _erase_messages(conversation_id):
        pass
    _erase_row(conversation_id)


def erase_person(user_id: uuid.UUID) -> None:
    """Take a person out of all conversations; what they said stays as tombstones, in its place."""
    for conversation_id in _conversations_of(user_id):
        with turn(conversation_id):
            _leave(conversation_id, user_id)
    while _empty_messages(user_id):
        pass
    for conversation_id in _pictured_by(user_id):
        _take_picture_down(conversation_id)


def _conversations_of(user_id: uuid.UUID) -> list[uuid.UUID]:
    seats = Membership.objects.filter(user_id=user_id).order_by("pk")
    return list(seats.values_list("conversation_id", flat=True))


@settled
@atomic
def _leave(conversation_id: uuid.UUID, user_id: uuid.UUID) -> None:
    if Membership.objects.filter(conversation_id=conversation_id, user_id=user_id).exists():
        shrink_roster(conversation_id)
        part(conversation_id, user_id, is_removed=False)


@atomic
def _empty_messages(user_id: uuid.UUID) -> int:
    """Turn some messages of a person into tombstones of nobody's; give how many."""
    found = list(Message.objects.filter(sender_id=user_id).order_by("pk")[:BATCH])
    ids = [message.pk for message in found]
    MessageRevision.objects.filter(message_id__in=ids).delete()
    MessageReaction.objects.filter(message_id__in=ids).delete()
    _delete_media(found)
    Message.objects.filter(pk__in=ids).update(
        sender_id=None,
        text="",
        media_ids=[],
        reply_to_id=None,
        shared_kind="",
        shared_id=None,
        preview=None,
        edited_at=None,
        unsent_at=timezone.now(),
        version=F("version") + 1,
    )
    _tell_unsent(found)
    return len(found)


def _tell_unsent(messages: Collection[Message]) -> None:
    rows = Conversation.objects.filter(pk__in={message.conversation_id for message in messages})
    conversations = {row.pk: row for row in rows}
    for message in messages:
        event = MessageUnsent(conversation_id=message.conversation_id, message_id=message.pk, seq=message.seq)
        emit(event, to=[audience_of(conversations[message.conversation_id])])


@atomic
def _erase_messages(conversation_id: uuid.UUID) -> int:
    found = list(Message.objects.filter(conversation_id=conversation_id).order_by("pk")[:BATCH])
    _delete_media(found)
    Message.objects.filter(pk__in=[message.pk for message in found]).delete()
    return len(found)


def _delete_media(messages: Collection[Message]) -> None:
    for message in messages:
        if message.media_ids:
            delete_attached(to=f"message:{message.pk}")


@atomic
def _erase_row(conversation_id: uuid.UUID) -> None:
    delete_attached(to=picture_place(conversation_id))
    Conversation.objects.filter(pk=conversation_id, member_count=0).delete()


def _pictured_by(user_id: uuid.UUID) -> list[uuid.UUID]:
    """Find the groups whose picture is an upload of this person's."""
    found = []
    for place in places_of(user_id, kind="conversation"):
        _, text, part_of_it = place.split(":")
        conversation_id = parse_id(text)
        if part_of_it == PICTURE and conversation_id is not None:
            found.append(conversation_id)
    return found


@settled
@atomic
def _take_picture_down(conversation_id: uuid.UUID) -> None:
    conversation = take_turn(conversation_id, picture_id=None)
    delete_attached(to=picture_place(conversation_id))
    tell_changed(conversation)
