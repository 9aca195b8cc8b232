"""Reacting to messages."""

import uuid

from django.db.models import F

from grover.core.db import atomic
from grover.core.events import emit
from grover.core.races import LostRace, settled, turn
from grover.core.viewers import Viewer
from messaging.cards.messages import MessageCard
from messaging.events.messages import MessageReacted
from messaging.models import Conversation, Message, MessageReaction
from messaging.policies.messages import check_is_there
from messaging.selectors.audiences import readers_of
from messaging.selectors.messages import reactions_to
from messaging.selectors.threads import get_message, visible_message


def react_to_message(actor: Viewer, *, message_id: uuid.UUID, kind: str) -> MessageCard:
    """React to a message; a second reaction replaces the first."""
    _react(actor, message_id, kind)
    return get_message(actor, message_id)


def unreact_to_message(actor: Viewer, *, message_id: uuid.UUID) -> MessageCard:
    """Take one's reaction to a message back, if there is one."""
    _react(actor, message_id, None)
    return get_message(actor, message_id)


@settled
def _react(actor: Viewer, message_id: uuid.UUID, kind: str | None) -> None:
    message, conversation = visible_message(actor, message_id)
    if kind is not None:
        check_is_there(message)
    own = MessageReaction.objects.filter(message_id=message_id, user_id=actor.id)
    if own.values_list("kind", flat=True).first() != kind:
        with turn(message_id):
            _replace(actor, conversation, message, kind)


@atomic
def _replace(actor: Viewer, conversation: Conversation, message: Message, kind: str | None) -> None:
    """Change how somebody reacts, under the lock of the message's row; LostRace when it was unsent."""
    there = Message.objects.filter(pk=message.pk, unsent_at__isnull=True)
    if not there.update(version=F("version") + 1):
        raise LostRace
    own = MessageReaction.objects.filter(message_id=message.pk, user_id=actor.id)
    before = own.values_list("kind", flat=True).first()
    if before == kind:
        return
    if kind is None:
        own.delete()
    elif before is None:
        MessageReaction.objects.create(message_id=message.pk, user_id=actor.id, kind=kind)
    else:
        own.update(kind=kind)
    emit(
        MessageReacted(
            conversation_id=conversation.pk,
            message_id=message.pk,
            seq=message.seq,
            reactions=reactions_to(message),
        ),
        to=[readers_of(conversation, message, actor_id=actor.id)],
    )
