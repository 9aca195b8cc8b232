"""Conversations as their members see them, and the lists of them."""

import uuid
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, QuerySet

from accounts.selectors.people import users_by_id
from accounts.selectors.relations import blocked_ids
from grover.core.errors import InvalidCursor, NotFound
from grover.core.pages import Page, PageRequest, Position, filled_page
from grover.core.viewers import Viewer
from grover.media.cards import public_url
from messaging.cards.conversations import ConversationCard, ConversationSummary
from messaging.models import Conversation, Membership
from messaging.selectors.conversations import peer_id_of
from messaging.selectors.messages import last_messages

PICTURE_WIDTH = 200

_TIME, _ID = models.DateTimeField(), models.UUIDField()


def conversations_of(viewer: Viewer, folder: str, request: PageRequest) -> Page[ConversationCard]:
    """Read a page of one's conversations, the one that was active last first.

    Those that were cleared are left out until something new is in them, and direct ones across a block.
    """
    rows = Membership.objects.filter(user_id=viewer.id, folder=folder)
    rows = rows.filter(Q(is_hidden=False) | Q(conversation__last_seq__gt=F("first_seq")))
    return filled_page(
        lambda part: _page(rows, part), lambda seats: cards_of(seats, viewer), request, _position
    )


def get_conversation(viewer: Viewer, conversation_id: uuid.UUID) -> ConversationCard:
    """Read a conversation as the viewer sees it; NotFound when they are not in it or a block forbids it."""
    rows = Membership.objects.filter(conversation_id=conversation_id, user_id=viewer.id)
    seats = list(rows.select_related("conversation"))
    for card in cards_of(seats, viewer):
        if card is not None:
            return card
    raise NotFound


def cards_of(seats: Sequence[Membership], viewer: Viewer) -> list[ConversationCard | None]:
    """Show the conversations of some of the viewer's seats; None for a direct one across a block."""
    if not seats:
        return []
    blocked = blocked_ids(viewer.id)
    peer_ids = {seat.pk: peer_id_of(seat.conversation, viewer.id) for seat in seats}
    users = users_by_id({peer_id for peer_id in peer_ids.values() if peer_id is not None} - blocked)
    places = {seat.conversation_id: (seat.conversation.last_seq, seat.first_seq) for seat in seats}
    messages = last_messages(places, viewer)

    def card(seat: Membership) -> ConversationCard | None:
        peer_id = peer_ids[seat.pk]
        if peer_id in blocked:
            return None
        conversation, read_seq = seat.conversation, max(seat.read_seq, seat.first_seq)
        return ConversationCard(
            id=conversation.pk,
            kind=conversation.kind,  # type: ignore[arg-type]
            title=conversation.title,
            picture_url=picture_url_of(conversation),
            peer=None if peer_id is None else users.get(peer_id),
            member_count=conversation.member_count,
            role=seat.role,  # type: ignore[arg-type]
            folder=seat.folder,  # type: ignore[arg-type]
            muted_until=seat.muted_until,
            last_seq=conversation.last_seq,
            read_seq=read_seq,
            unread=conversation.last_seq - read_seq,
            last_message=messages.get(conversation.pk),
            created_at=conversation.created_at,
            active_at=conversation.active_at,
        )

    return [card(seat) for seat in seats]


def summary_of(conversation: Conversation) -> ConversationSummary:
    """Show a conversation as any of its members sees it."""
    return ConversationSummary(
        id=conversation.pk,
        kind=conversation.kind,  # type: ignore[arg-type]
        title=conversation.title,
        picture_url=picture_url_of(conversation),
        member_count=conversation.member_count,
        last_seq=conversation.last_seq,
        created_at=conversation.created_at,
        active_at=conversation.active_at,
    )


def picture_url_of(conversation: Conversation) -> str | None:
    """Give the address of a group's picture."""
    return None if conversation.picture_id is None else public_url(conversation.picture_id, PICTURE_WIDTH)


def _page(rows: QuerySet[Membership], request: PageRequest) -> Page[Membership]:
    if request.after is not None:
        rows = rows.filter(_beyond(request.after))
    ordered = rows.select_related("conversation").order_by("-conversation__active_at", "-conversation_id")
    found = list(ordered[: request.limit + 1])
    items = found[: request.limit]
    return Page(items, _position(items[-1]) if len(found) > request.limit else None)


def _position(seat: Membership) -> Position:
    return seat.conversation.active_at, seat.conversation_id


def _beyond(position: Position) -> Q:
    try:
        active_at, last_id = _TIME.to_python(position[0]), _ID.to_python(position[1])
    except (IndexError, TypeError, ValidationError) as error:
        raise InvalidCursor from error
    same_moment = Q(conversation__active_at=active_at, conversation_id__lt=last_id)
    return Q(conversation__active_at__lt=active_at) | same_moment
