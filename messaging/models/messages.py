"""Messages, what they said before, and how people react to them."""

from django.conf import settings
from django.db import models

from grover.core.ids import Identified
from grover.core.privacy import Erasure, Holds, holds
from messaging.enums import MessageKind, ReactionKind
from messaging.models.conversations import Conversation


@holds(
    Holds.SHARED,
    owner="sender_id",
    exported=("conversation_id", "seq", "kind", "text", "created_at", "edited_at", "unsent_at"),
    erasure=Erasure.DETACH,
)
class Message(Identified):
    """One message; `seq` counts 1, 2, 3… in its conversation without a hole, for ever.

    One that was unsent, or whose sender is gone, stays as a tombstone without content. `client_id` is
    the sender's own name for it: a second one of that name is the first. `preview` is what the page
    behind its first link says of itself.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, db_index=False, related_name="+")
    seq = models.PositiveBigIntegerField()
    sender_id = models.UUIDField(null=True, db_index=True)
    client_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=MessageKind, default=MessageKind.TEXT)
    text = models.TextField(blank=True, default="")
    media_ids = models.JSONField(default=list)
    reply_to_id = models.UUIDField(null=True)
    shared_kind = models.CharField(max_length=20, blank=True, default="")
    shared_id = models.UUIDField(null=True)
    preview = models.JSONField(null=True)
    edited_at = models.DateTimeField(null=True)
    unsent_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="message_seq_once"),
            models.UniqueConstraint(
                fields=["conversation", "sender_id", "client_id"], name="message_client_id_once"
            ),
        ]


@holds(Holds.NONE)
class MessageRevision(Identified):
    """What a message said until an edit; it goes when the message is unsent."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, db_index=False, related_name="+")
    version = models.PositiveIntegerField()
    text = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "version"], name="message_revision_once")]


@holds(Holds.SHARED, owner="user_id", exported=("message_id", "kind", "created_at"))
class MessageReaction(Identified):
    """How one person reacts to one message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, db_index=False, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=ReactionKind)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="message_reaction_once")]
