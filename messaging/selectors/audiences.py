"""Who gets the frames that tell of a message: the members who may read it."""

import uuid

from grover.core.broadcast import Audience
from messaging.models import Conversation, Membership, Message
from messaging.selectors.conversations import audience_of, blocked_with


def readers_of(conversation: Conversation, message: Message, *, actor_id: uuid.UUID | None) -> Audience:
    """Address the members who may read a message of theirs and see whoever did something to it.

    Those who came later, or cleared the conversation since, are left out.
    """
    hidden = set(_newcomers(conversation.pk, message.seq))
    for user_id in {message.sender_id, actor_id}:
        if user_id is not None:
            hidden |= blocked_with(user_id, conversation.pk)
    return audience_of(conversation, hidden_from=hidden)


def is_open_to_all(message: Message) -> bool:
    """Tell whether every member of its conversation may read a message."""
    if _newcomers(message.conversation_id, message.seq):
        return False
    return message.sender_id is None or not blocked_with(message.sender_id, message.conversation_id)


def _newcomers(conversation_id: uuid.UUID, seq: int) -> list[uuid.UUID]:
    rows = Membership.objects.filter(conversation_id=conversation_id, first_seq__gte=seq)
    return list(rows.values_list("user_id", flat=True))
