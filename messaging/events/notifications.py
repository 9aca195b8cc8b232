"""What people were told of."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from grover.core.events import Event
from messaging.cards.notifications import NotificationCard


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationCreated(Event):
    """Somebody is told of something; what is grouped with it has the same id and a new `seq`."""

    audience: ClassVar[str] = "the person"
    unlogged: ClassVar[frozenset[str]] = frozenset({"notification"})

    user_id: uuid.UUID
    notification: NotificationCard


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationUnread(Event):
    """How much somebody has not read, or not even seen, has changed."""

    audience: ClassVar[str] = "the person"

    user_id: uuid.UUID
    unread: int
    unseen: int
    last_seq: int
