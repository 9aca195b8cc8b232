"""Conversations, and who is in them."""

import datetime as dt
import uuid
from collections.abc import Collection

from django.db.models import Q

from accounts.selectors.relations import blocked_ids
from grover.core.broadcast import Audience, to_conversation
from grover.core.errors import NotFound
from grover.core.viewers import Viewer
from messaging.cards.conversations import ConversationNews
from messaging.enums import ConversationKind
from messaging.models import Conversation, Membership


def seat_of(viewer: Viewer, conversation_id: uuid.UUID) -> tuple[Conversation, Membership]:
    """Read a conversation and the viewer's place in it, for an action, in at most two queries.

    NotFound unless the viewer is a member; a direct conversation is not found either while a block
    stands between the two. Reads the database, never what was kept.
    """
    rows = Membership.objects.filter(conversation_id=conversation_id, user_id=viewer.id)
    seat = rows.select_related("conversation").first()
    if seat is None:
        raise NotFound
    other_id = peer_id_of(seat.conversation, viewer.id)
    if other_id is not None and other_id in blocked_ids(viewer.id, among=[other_id]):
        raise NotFound
    return seat.conversation, seat


def peer_id_of(conversation: Conversation, user_id: uuid.UUID) -> uuid.UUID | None:
    """Tell who the other one of a direct conversation is, or was; None for a group."""
    if conversation.kind != ConversationKind.DIRECT or conversation.pair is None:
        return None
    one, other = (uuid.UUID(text) for text in conversation.pair.split(":"))
    return other if user_id == one else one


def blocked_with(user_id: uuid.UUID, conversation_id: uuid.UUID) -> set[uuid.UUID]:
    """Find the members who block this person or are blocked by them, in two queries at most."""
    blocked = blocked_ids(user_id)
    if not blocked:
        return set()
    rows = Membership.objects.filter(conversation_id=conversation_id, user_id__in=blocked)
    return set(rows.values_list("user_id", flat=True))


def audience_of(conversation: Conversation, hidden_from: Collection[uuid.UUID] = ()) -> Audience:
    """Address the members of a conversation as they are at the row's `roster_version`."""
    return to_conversation(conversation.pk, roster=conversation.roster_version, hidden_from=hidden_from)


def roster(conversation_id: uuid.UUID, user_ids: Collection[uuid.UUID]) -> tuple[int, set[uuid.UUID]]:
    """Read the `roster_version`, and which of these people are members now; 0 and nobody when it is gone.

    The version is read first: who changes the members meanwhile gives it a new one.
    """
    versions = Conversation.objects.filter(pk=conversation_id).values_list("roster_version", flat=True)
    version = versions.first()
    if version is None:
        return 0, set()
    rows = Membership.objects.filter(conversation_id=conversation_id, user_id__in=set(user_ids))
    return version, set(rows.values_list("user_id", flat=True))


def conversation_ids_of(user_id: uuid.UUID) -> list[uuid.UUID]:
    """List all conversations that somebody is in, whatever the folder, in one query."""
    return list(Membership.objects.filter(user_id=user_id).values_list("conversation_id", flat=True))


def moved_since(viewer: Viewer, since: dt.datetime | None) -> list[ConversationNews]:
    """List the conversations with messages, or readings of the viewer's, since a moment; all without one."""
    rows = Membership.objects.filter(user_id=viewer.id).select_related("conversation")
    if since is not None:
        rows = rows.filter(Q(conversation__active_at__gte=since) | Q(read_at__gte=since))
    blocked = blocked_ids(viewer.id)
    return [
        ConversationNews(
            id=seat.conversation_id,
            last_seq=seat.conversation.last_seq,
            read_seq=max(seat.read_seq, seat.first_seq),
        )
        for seat in rows.order_by("conversation_id")
        if peer_id_of(seat.conversation, viewer.id) not in blocked
    ]
