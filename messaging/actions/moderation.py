"""What the staff does to messages."""

import uuid

from accounts.enums import Moderation
from grover.core.db import atomic
from messaging.actions.messages import empty_message
from messaging.models import Message


@atomic
def moderate(kind: str, message_id: uuid.UUID, moderation: Moderation) -> bool | None:
    """Empty a message that the staff removes, and tell whether it was there; None when it is none.

    It is for good: nothing is kept of what a message said. Joins the transaction of their decision.
    """
    if kind != "message":
        return None
    there = Message.objects.select_related("conversation").filter(pk=message_id, unsent_at__isnull=True)
    message = there.first()
    if message is None or moderation != Moderation.REMOVED:
        return False
    empty_message(message.conversation, message)
    return True
