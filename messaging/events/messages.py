"""What happened to messages, and how far they were read."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from grover.core.events import Event
from messaging.cards.messages import MessageCard, MessageReactionCard


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCreated(Event):
    """Somebody sent a message; its `seq` is the next of the conversation."""

    audience: ClassVar[str] = "the members of the conversation"
    unlogged: ClassVar[frozenset[str]] = frozenset({"message"})

    conversation_id: uuid.UUID
    message: MessageCard


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited(Event):
    """A message says something else, or its link has a preview now."""

    audience: ClassVar[str] = "the members of the conversation"
    unlogged: ClassVar[frozenset[str]] = frozenset({"message"})

    conversation_id: uuid.UUID
    message: MessageCard


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageUnsent(Event):
    """A message was taken back; its `seq` stays."""

    audience: ClassVar[str] = "the members of the conversation"

    conversation_id: uuid.UUID
    message_id: uuid.UUID
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReacted(Event):
    """How people react to a message has changed: these are all reactions now."""

    audience: ClassVar[str] = "the members of the conversation"
    unlogged: ClassVar[frozenset[str]] = frozenset({"reactions"})

    conversation_id: uuid.UUID
    message_id: uuid.UUID
    seq: int
    reactions: list[MessageReactionCard]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRead(Event):
    """A member has read a conversation up to a message."""

    audience: ClassVar[str] = "the members of the conversation"

    conversation_id: uuid.UUID
    user_id: uuid.UUID
    read_seq: int
