"""How far members have read."""

import uuid

from django.utils import timezone

from grover.core.db import atomic
from grover.core.errors import Invalid
from grover.core.events import emit
from grover.core.viewers import Viewer
from messaging.cards.conversations import ConversationCard
from messaging.events.messages import ConversationRead
from messaging.models import Membership
from messaging.selectors.conversations import audience_of, blocked_with, seat_of
from messaging.selectors.inbox import get_conversation


def read_conversation(actor: Viewer, *, conversation_id: uuid.UUID, seq: int) -> ConversationCard:
    """Say that one has read a conversation up to a message, and tell the members.

    A `seq` before what was read changes nothing; Invalid for one that is still to come.
    """
    _read(actor, conversation_id, seq)
    return get_conversation(actor, conversation_id)


@atomic
def _read(actor: Viewer, conversation_id: uuid.UUID, seq: int) -> None:
    conversation, seat = seat_of(actor, conversation_id)
    if seq > conversation.last_seq:
        raise Invalid.at("/seq", "out_of_range", "There is no such message yet")
    if seq <= max(seat.read_seq, seat.first_seq):
        return
    behind = Membership.objects.filter(pk=seat.pk, read_seq__lt=seq)
    if not behind.update(read_seq=seq, read_at=timezone.now()):
        return
    emit(
        ConversationRead(conversation_id=conversation.pk, user_id=actor.id, read_seq=seq),
        to=[audience_of(conversation, hidden_from=blocked_with(actor.id, conversation.pk))],
    )
