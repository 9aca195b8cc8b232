"""What the socket itself tells its client."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import ClassVar

from grover.core.events import Event
from messaging.cards.conversations import ConversationNews
from messaging.cards.notifications import UnreadCard
from messaging.cards.presence import PresenceCard


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello(Event):
    """The socket is open, or events reach it again: this is where everything is.

    `conversations` are those with news since the `since` of the client, or since events were lost;
    `presence` is who is there of those whose presence one is told of.
    """

    audience: ClassVar[str] = "the client"
    type: ClassVar[str] = "hello"

    user_id: uuid.UUID
    session_id: uuid.UUID
    server_time: dt.datetime
    conversations: list[ConversationNews]
    notifications: UnreadCard
    presence: list[PresenceCard]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionExpiring(Event):
    """The access token expires soon; `session.renew` with a new one keeps the socket open."""

    audience: ClassVar[str] = "the client"
    type: ClassVar[str] = "session.expiring"

    session_id: uuid.UUID
    expires_at: dt.datetime
