"""Who is there, and who writes."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal

StateName = Literal["active", "away", "offline"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceCard:
    """Whether somebody has a socket open, and looks at it."""

    user_id: uuid.UUID
    state: StateName


@dataclass(frozen=True, slots=True, kw_only=True)
class TypingCard:
    """That one writes in a conversation, and until when that holds unless it is said again."""

    conversation_id: uuid.UUID
    is_typing: bool
    until: dt.datetime
