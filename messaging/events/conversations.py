"""What happened to conversations and to who is in them."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from grover.core.events import Event
from messaging.cards.conversations import ConversationSummary, MemberCard


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationCreated(Event):
    """A conversation is there, or it is new to the one who was added to it."""

    audience: ClassVar[str] = "who is in it from now on"
    unlogged: ClassVar[frozenset[str]] = frozenset({"conversation"})

    conversation_id: uuid.UUID
    conversation: ConversationSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationChanged(Event):
    """A conversation looks or works differently, or one of its members keeps it elsewhere."""

    audience: ClassVar[str] = "the members of the conversation"
    unlogged: ClassVar[frozenset[str]] = frozenset({"conversation"})

    conversation_id: uuid.UUID
    conversation: ConversationSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberJoined(Event):
    """Somebody was added to a group."""

    audience: ClassVar[str] = "the members of the conversation"
    type: ClassVar[str] = "conversation.member_joined"
    unlogged: ClassVar[frozenset[str]] = frozenset({"member"})

    conversation_id: uuid.UUID
    user_id: uuid.UUID
    member: MemberCard
    member_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLeft(Event):
    """Somebody left a conversation, or was removed from it."""

    audience: ClassVar[str] = "the members of the conversation, and who left"
    type: ClassVar[str] = "conversation.member_left"

    conversation_id: uuid.UUID
    user_id: uuid.UUID
    is_removed: bool
    member_count: int
