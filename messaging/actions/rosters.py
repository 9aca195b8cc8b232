"""What all changes of a group share: the turn they take on its row, and how they are told."""

import uuid
from collections.abc import Collection
from typing import Any

from django.db.models import F

from grover.core.errors import Invalid, NotFound
from grover.core.events import emit
from grover.core.viewers import Viewer
from grover.media.actions.attachments import attach_media, delete_attached
from messaging.errors.conversations import GroupFull
from messaging.events.conversations import ConversationChanged
from messaging.models import Conversation, Membership
from messaging.policies.conversations import MOST_MEMBERS
from messaging.selectors.conversations import audience_of
from messaging.selectors.inbox import summary_of

PICTURE = "picture"


def take_turn(conversation_id: uuid.UUID, **values: Any) -> Conversation:
    """Make other changes of a conversation wait, or start again, until this one commits.

    Call it before what decides is read. Gives the row as it is now, with these values set; NotFound
    when it is gone.
    """
    rows = Conversation.objects.filter(pk=conversation_id)
    if not rows.update(version=F("version") + 1, **values):
        raise NotFound
    return rows.get()


def grow_roster(conversation_id: uuid.UUID) -> Conversation:
    """Count one member more, as `take_turn` does; GroupFull when there is no room."""
    rows = Conversation.objects.filter(pk=conversation_id)
    with_room = rows.filter(member_count__lt=MOST_MEMBERS)
    if not with_room.update(
        version=F("version") + 1, roster_version=F("roster_version") + 1, member_count=F("member_count") + 1
    ):
        if rows.exists():
            raise GroupFull(f"At most {MOST_MEMBERS} members")
        raise NotFound
    return rows.get()


def shrink_roster(conversation_id: uuid.UUID) -> Conversation:
    """Count one member less, as `take_turn` does."""
    return take_turn(
        conversation_id, roster_version=F("roster_version") + 1, member_count=F("member_count") - 1
    )


def tell_changed(conversation: Conversation, hidden_from: Collection[uuid.UUID] = ()) -> None:
    """Tell all members that a conversation looks different."""
    event = ConversationChanged(conversation_id=conversation.pk, conversation=summary_of(conversation))
    emit(event, to=[audience_of(conversation, hidden_from)])


def picture_place(conversation_id: uuid.UUID) -> str:
    """Name what the picture of a group hangs on."""
    return f"conversation:{conversation_id}:{PICTURE}"


def hang_picture(actor: Viewer, conversation_id: uuid.UUID, media_id: uuid.UUID | None) -> None:
    """Put a picture of the actor's in place of the present one, which is deleted."""
    place = picture_place(conversation_id)
    delete_attached(to=place)
    if media_id is None:
        return
    try:
        [card] = attach_media(actor.id, media_ids=[media_id], to=place, restricted=False)
    except Invalid as refusal:
        reason = refusal.errors[0]
        raise Invalid.at("/picture_id", reason.code, reason.detail) from refusal
    if card.kind != "image" or card.state != "ready":
        raise Invalid.at("/picture_id", "not_ready", "An image whose processing is done")


def seat_everybody(conversation: Conversation, seats: Collection[Membership]) -> None:
    """Write a new conversation with those who are in it from the start."""
    conversation.member_count = len(seats)
    conversation.active_at = conversation.created_at
    conversation.save(force_insert=True)
    Membership.objects.bulk_create(seats)
    conversation.refresh_from_db()  # a database may keep less of a moment than we have
