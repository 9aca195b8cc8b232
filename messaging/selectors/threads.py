"""The messages of a conversation as its members read them, one by one and in pages, and their search."""

import re
import uuid
from collections.abc import Collection

from django.db import connection
from django.db.models import QuerySet

from accounts.selectors.relations import blocked_ids
from grover.core.errors import NotFound
from grover.core.pages import Page, PageRequest, filled_page, keyset_page
from grover.core.viewers import AnyViewer, Viewer
from messaging.cards.messages import MessageCard, MessageRevisionCard
from messaging.models import Conversation, Membership, Message, MessageRevision
from messaging.selectors.conversations import peer_id_of, seat_of
from messaging.selectors.messages import cards_of


def visible_message(viewer: Viewer, message_id: uuid.UUID) -> tuple[Message, Conversation]:
    """Read the row of a message for an action on it, and its conversation; NotFound when it is hidden.

    Reads the database, never what was kept.
    """
    message = Message.objects.filter(pk=message_id).first()
    if message is None:
        raise NotFound
    conversation, seat = seat_of(viewer, message.conversation_id)
    if message.seq <= seat.first_seq or _is_blocked(viewer, message):
        raise NotFound
    return message, conversation


def get_message(viewer: Viewer, message_id: uuid.UUID) -> MessageCard:
    """Read one message; NotFound when it is gone or not for the viewer."""
    message = Message.objects.filter(pk=message_id).first()
    if message is None:
        raise NotFound
    _, seat = seat_of(viewer, message.conversation_id)
    if message.seq <= seat.first_seq:
        raise NotFound
    for card in cards_of([message], viewer, {message.conversation_id: seat.first_seq}):
        return card
    raise NotFound


def sees_message(viewer: AnyViewer, message_id: uuid.UUID) -> bool:
    """Tell whether the viewer may read a message."""
    if not isinstance(viewer, Viewer):
        return False
    try:
        visible_message(viewer, message_id)
    except NotFound:
        return False
    return True


def messages_of(
    viewer: Viewer,
    conversation_id: uuid.UUID,
    request: PageRequest,
    *,
    after_seq: int | None = None,
    before_seq: int | None = None,
) -> Page[MessageCard]:
    """Read a page of the messages of a conversation: the oldest first after a `seq`, else the newest first.

    NotFound unless the viewer is a member. What a block hides is left out; its `seq` is not used again.
    """
    rows, seat, blocked = _readable(viewer, conversation_id)
    if after_seq is not None:
        rows = rows.filter(seq__gt=after_seq)
    if before_seq is not None:
        rows = rows.filter(seq__lt=before_seq)
    order = ("-seq",) if after_seq is None else ("seq",)
    page = keyset_page(rows, request, order=order)
    first = {conversation_id: seat.first_seq}
    return page.map(lambda found: cards_of(found, viewer, first, blocked=blocked))


def history_of(viewer: Viewer, message_id: uuid.UUID, request: PageRequest) -> Page[MessageRevisionCard]:
    """Read a page of what a message said before its edits, the last first; NotFound when it is hidden."""
    visible_message(viewer, message_id)
    rows = MessageRevision.objects.filter(message_id=message_id)
    return keyset_page(rows, request).map(
        lambda found: [
            MessageRevisionCard(version=row.version, text=row.text, replaced_at=row.created_at)
            for row in found
        ]
    )


def search_conversation(
    viewer: Viewer, conversation_id: uuid.UUID, request: PageRequest, *, q: str
) -> Page[MessageCard]:
    """Read a page of the messages of a conversation that contain every word of `q`, the newest first."""
    rows, seat, blocked = _readable(viewer, conversation_id)
    page = keyset_page(_with_words(rows, q), request, order=("-seq",))
    first = {conversation_id: seat.first_seq}
    return page.map(lambda found: cards_of(found, viewer, first, blocked=blocked))


def search_messages(viewer: Viewer, request: PageRequest, *, q: str) -> Page[MessageCard]:
    """Read a page of all messages the viewer may read that contain every word of `q`, the newest first."""
    blocked = blocked_ids(viewer.id)
    seats = Membership.objects.filter(user_id=viewer.id).select_related("conversation")
    first = {
        seat.conversation_id: seat.first_seq
        for seat in seats
        if peer_id_of(seat.conversation, viewer.id) not in blocked
    }
    rows = _with_words(_without(Message.objects.filter(conversation_id__in=list(first)), blocked), q)

    def keep(found: list[Message]) -> list[MessageCard | None]:
        readable = [row for row in found if row.seq > first[row.conversation_id]]
        cards = {card.id: card for card in cards_of(readable, viewer, first, blocked=blocked)}
        return [cards.get(row.pk) for row in found]

    return filled_page(lambda part: keyset_page(rows, part), keep, request, lambda row: (row.pk,))


def _readable(
    viewer: Viewer, conversation_id: uuid.UUID
) -> tuple[QuerySet[Message], Membership, set[uuid.UUID]]:
    """Find the messages of a conversation that the viewer may read, and whom a block keeps from them."""
    _, seat = seat_of(viewer, conversation_id)
    blocked = blocked_ids(viewer.id)
    rows = Message.objects.filter(conversation_id=conversation_id, seq__gt=seat.first_seq)
    return _without(rows, blocked), seat, blocked


def _without(rows: QuerySet[Message], blocked: Collection[uuid.UUID]) -> QuerySet[Message]:
    return rows.exclude(sender_id__in=list(blocked)) if blocked else rows


def _with_words(rows: QuerySet[Message], q: str) -> QuerySet[Message]:
    """Keep the messages whose text contains every word, whatever the case; SQLite needs Python for that."""
    rows = rows.filter(unsent_at__isnull=True)
    for word in q.split():
        if connection.vendor == "sqlite":
            rows = rows.filter(text__iregex=re.escape(word))
        else:
            rows = rows.filter(text__icontains=word)
    return rows


def _is_blocked(viewer: Viewer, message: Message) -> bool:
    if message.sender_id is None or message.sender_id == viewer.id:
        return False
    return bool(blocked_ids(viewer.id, among=[message.sender_id]))
