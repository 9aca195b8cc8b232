"""What clients send about messages, over REST and the socket alike."""

import uuid
from typing import Any

from rest_framework import serializers

from grover.core.serializers import ClientIdField, IdField, Input, TextField, WholeNumberField
from messaging.enums import MessageKind, ReactionKind
from messaging.policies.messages import MOST_IMAGES

LONGEST_MESSAGE = 5_000
LONGEST_QUERY = 100
LONGEST_KIND = 20


class UploadsField(serializers.ListField):
    """The uploads of a message, each once."""

    child = IdField()

    def to_internal_value(self, data: Any) -> list[Any]:
        ids = super().to_internal_value(data)
        if len(set(ids)) < len(ids):
            raise serializers.ValidationError("Each upload may be shown once", code="not_distinct")
        return ids


class SharedInput(Input):
    """What to share: a thing of another kind, such as a post."""

    kind = TextField(max_length=LONGEST_KIND)
    id = IdField()


class MessageInput(Input):
    """A new message. Without a `kind` it is a text, or shared where something is."""

    client_id = ClientIdField(required=False)
    kind = serializers.ChoiceField(MessageKind.choices, required=False, allow_null=True, default=None)
    text = TextField(required=False, allow_blank=True, max_length=LONGEST_MESSAGE, default="")
    media_ids = UploadsField(required=False, max_length=MOST_IMAGES, default=list)
    reply_to = IdField(required=False, allow_null=True, default=None)
    shared = SharedInput(required=False, allow_null=True, default=None)

    def validate_shared(self, value: dict[str, Any] | None) -> tuple[str, uuid.UUID] | None:
        return None if value is None else (value["kind"], value["id"])


class MessageChanges(Input):
    """What is to change in a message."""

    text = TextField(required=False, allow_blank=True, max_length=LONGEST_MESSAGE)


class MessageReactionInput(Input):
    """How to react."""

    kind = serializers.ChoiceField(ReactionKind.choices)


class ReadInput(Input):
    """Up to which message a conversation was read."""

    seq = WholeNumberField(min_value=0)


class MessageQuery(Input):
    """Which messages to read: after a `seq`, the oldest first, or before one, the newest first."""

    after_seq = WholeNumberField(min_value=0, required=False, default=None)
    before_seq = WholeNumberField(min_value=0, required=False, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["after_seq"] is not None and attrs["before_seq"] is not None:
            text = "Either `after_seq` or `before_seq`"
            raise serializers.ValidationError({"before_seq": [text]}, code="not_both")
        return attrs


class MessageSearchQuery(Input):
    """The words that messages must contain, whatever their case."""

    q = TextField(max_length=LONGEST_QUERY)


class SendCommand(MessageInput):
    """A new message, over the socket."""

    conversation_id = IdField()
    client_id = ClientIdField()


class EditCommand(Input):
    """Another text for a message, over the socket."""

    message_id = IdField()
    text = TextField(allow_blank=True, max_length=LONGEST_MESSAGE)


class UnsendCommand(Input):
    """A message to take back, over the socket."""

    message_id = IdField()


class ReactCommand(Input):
    """How to react, over the socket; null takes the reaction back."""

    message_id = IdField()
    kind = serializers.ChoiceField(ReactionKind.choices, allow_null=True)


class ReadCommand(ReadInput):
    """Up to which message a conversation was read, over the socket."""

    conversation_id = IdField()
