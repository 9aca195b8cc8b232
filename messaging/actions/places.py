"""Where one keeps a conversation: accepted, archived, muted, cleared. Nobody else notices."""

import datetime as dt
import uuid
from typing import Any

from django.db.models import F

from grover.core.broadcast import to_user
from grover.core.db import atomic
from grover.core.errors import Invalid
from grover.core.events import emit
from grover.core.viewers import Viewer
from messaging.cards.conversations import ConversationCard
from messaging.enums import Folder
from messaging.errors.conversations import NotAccepted
from messaging.events.conversations import ConversationChanged
from messaging.models import Conversation, Membership
from messaging.selectors.conversations import seat_of
from messaging.selectors.inbox import get_conversation, summary_of

FOR_EVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


def accept_conversation(actor: Viewer, *, conversation_id: uuid.UUID) -> ConversationCard:
    """Move a conversation from one's requests to one's inbox; one that is elsewhere stays there."""
    return _put(actor, conversation_id, {Folder.REQUESTS: Folder.INBOX})


def archive_conversation(actor: Viewer, *, conversation_id: uuid.UUID) -> ConversationCard:
    """Move a conversation from one's inbox to one's archive; NotAccepted while it is a request."""
    _, seat = seat_of(actor, conversation_id)
    if seat.folder == Folder.REQUESTS:
        raise NotAccepted("Accept it first")
    return _put(actor, conversation_id, {Folder.INBOX: Folder.ARCHIVED})


def unarchive_conversation(actor: Viewer, *, conversation_id: uuid.UUID) -> ConversationCard:
    """Move a conversation from one's archive to one's inbox; one that is elsewhere stays there."""
    return _put(actor, conversation_id, {Folder.ARCHIVED: Folder.INBOX})


def mute_conversation(
    actor: Viewer, *, conversation_id: uuid.UUID, until: dt.datetime | None, now: dt.datetime
) -> ConversationCard:
    """Be told of nothing in a conversation until a moment, or for ever."""
    if until is not None and until <= now:
        raise Invalid.at("/until", "out_of_range", "A moment that is still to come")
    return _set_mute(actor, conversation_id, until or FOR_EVER)


def unmute_conversation(actor: Viewer, *, conversation_id: uuid.UUID) -> ConversationCard:
    """Be told again of what is new in a conversation."""
    return _set_mute(actor, conversation_id, None)


def clear_conversation(actor: Viewer, *, conversation_id: uuid.UUID) -> None:
    """Hide from oneself what a direct conversation holds, and itself until something new is written."""
    _clear(actor, conversation_id)


@atomic
def accept_by_answering(seat: Membership) -> None:
    """Move a conversation to the inbox of a member who writes in it; joins the transaction of the message."""
    Membership.objects.filter(pk=seat.pk, folder=Folder.REQUESTS).update(folder=Folder.INBOX)


@atomic
def _put(actor: Viewer, conversation_id: uuid.UUID, moves: dict[Folder, Folder]) -> ConversationCard:
    conversation, seat = seat_of(actor, conversation_id)
    to = moves.get(Folder(seat.folder))
    if to is not None:
        seats = Membership.objects.filter(pk=seat.pk, folder=seat.folder)
        _tell(actor, conversation, is_changed=bool(seats.update(folder=to)))
    return get_conversation(actor, conversation_id)


@atomic
def _set_mute(actor: Viewer, conversation_id: uuid.UUID, until: dt.datetime | None) -> ConversationCard:
    conversation, seat = seat_of(actor, conversation_id)
    if seat.muted_until != until:
        _update(actor, conversation, seat, muted_until=until)
    return get_conversation(actor, conversation_id)


@atomic
def _clear(actor: Viewer, conversation_id: uuid.UUID) -> None:
    conversation, seat = seat_of(actor, conversation_id)
    _update(actor, conversation, seat, first_seq=conversation.last_seq, is_hidden=True)
    behind = Membership.objects.filter(pk=seat.pk, read_seq__lt=conversation.last_seq)
    behind.update(read_seq=F("first_seq"))


def _update(actor: Viewer, conversation: Conversation, seat: Membership, **values: Any) -> None:
    _tell(actor, conversation, is_changed=bool(Membership.objects.filter(pk=seat.pk).update(**values)))


def _tell(actor: Viewer, conversation: Conversation, *, is_changed: bool) -> None:
    """Tell the actor's other devices."""
    if is_changed:
        event = ConversationChanged(conversation_id=conversation.pk, conversation=summary_of(conversation))
        emit(event, to=[to_user(actor.id)])
