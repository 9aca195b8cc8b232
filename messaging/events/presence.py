"""Who is there, and who writes."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import ClassVar

from grover.core.events import Event
from messaging.cards.presence import StateName


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceChanged(Event):
    """Somebody came, looks elsewhere, or left."""

    audience: ClassVar[str] = "those who follow each other or talk to each other"
    type: ClassVar[str] = "presence"

    user_id: uuid.UUID
    state: StateName


@dataclass(frozen=True, slots=True, kw_only=True)
class TypingChanged(Event):
    """Somebody writes in a conversation, or does no more; it holds until a moment, unless said again."""

    audience: ClassVar[str] = "the other members of the conversation"
    type: ClassVar[str] = "typing"

    conversation_id: uuid.UUID
    user_id: uuid.UUID
    is_typing: bool
    until: dt.datetime
