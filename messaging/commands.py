"""The commands of messaging on the socket; each is the twin of an operation of REST."""

from typing import Any

from grover.core.commands import command
from grover.core.viewers import Viewer
from messaging.actions import messages, reactions
from messaging.actions.reads import read_conversation
from messaging.cards.conversations import ConversationCard
from messaging.cards.messages import MessageCard
from messaging.serializers.messages import EditCommand, ReactCommand, ReadCommand, SendCommand, UnsendCommand


@command("message.send", SendCommand, limit="message")
def send(viewer: Viewer, data: dict[str, Any]) -> MessageCard:
    """Send a message; a second one of the same `client_id` is the first one."""
    return messages.send_message(viewer, **data)


@command("message.edit", EditCommand)
def edit(viewer: Viewer, data: dict[str, Any]) -> MessageCard:
    """Edit one's own message, within fifteen minutes."""
    return messages.edit_message(viewer, **data)


@command("message.unsend", UnsendCommand)
def unsend(viewer: Viewer, data: dict[str, Any]) -> MessageCard:
    """Unsend one's own message; its place stays."""
    return messages.unsend_message(viewer, **data)


@command("message.react", ReactCommand)
def react(viewer: Viewer, data: dict[str, Any]) -> MessageCard:
    """React to a message, or take the reaction back with null."""
    if data["kind"] is None:
        return reactions.unreact_to_message(viewer, message_id=data["message_id"])
    return reactions.react_to_message(viewer, **data)


@command("conversation.read", ReadCommand)
def read(viewer: Viewer, data: dict[str, Any]) -> ConversationCard:
    """Say how far one has read a conversation."""
    return read_conversation(viewer, **data)
