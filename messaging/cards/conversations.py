"""Conversations as one of their members sees them."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal

from accounts.cards.people import UserSummary
from messaging.cards.messages import MessageCard

RoleName = Literal["owner", "admin", "member"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCard:
    """Somebody in a conversation, and how far they have read."""

    user: UserSummary
    role: RoleName
    read_seq: int
    joined_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationCard:
    """A conversation as one member sees it.

    `peer` is the other one of a direct conversation, null when they are gone or a block stands between;
    `unread` is `last_seq` less `read_seq`, both as far as the member may read.
    """

    id: uuid.UUID
    kind: Literal["direct", "group"]
    title: str
    picture_url: str | None
    peer: UserSummary | None
    member_count: int
    role: RoleName
    folder: Literal["inbox", "requests", "archived"]
    muted_until: dt.datetime | None
    last_seq: int
    read_seq: int
    unread: int
    last_message: MessageCard | None
    created_at: dt.datetime
    active_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationSummary:
    """A conversation as any of its members sees it."""

    id: uuid.UUID
    kind: Literal["direct", "group"]
    title: str
    picture_url: str | None
    member_count: int
    last_seq: int
    created_at: dt.datetime
    active_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationNews:
    """How far a conversation is, and how far its member has read."""

    id: uuid.UUID
    last_seq: int
    read_seq: int
