"""What people are told of, as they see it."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal

from accounts.cards.people import UserSummary

NotificationKindName = Literal[
    "follow",
    "follow_request",
    "follow_accepted",
    "reaction",
    "comment",
    "reply",
    "mention",
    "repost",
    "quote",
    "comment_reaction",
    "story_reaction",
    "message",
    "message_request",
    "group_invite",
    "missed_call",
    "stream",
    "payment",
    "security",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationThing:
    """What a notification is about, such as a post."""

    kind: str
    id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationCard:
    """One thing somebody is told of.

    `actors` are the last three who did it, the newest first, and `actor_count` is how many did: none for
    what came of something of one's own, such as a payout. `data` depends on the kind; an `excerpt` in it is
    what the thing, or what was said about it, says now.
    """

    id: uuid.UUID
    seq: int
    kind: NotificationKindName
    thing: NotificationThing | None
    actors: list[UserSummary]
    actor_count: int
    data: dict[str, str]
    is_seen: bool
    is_read: bool
    told_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadCard:
    """How much somebody was told and has not read, or not even seen; `last_seq` is that of the newest."""

    unread: int
    unseen: int
    last_seq: int
