"""Messages as members see them."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal

from accounts.cards.people import UserSummary
from grover.media.cards import MediaCard

ReactionName = Literal["like", "love", "wow", "sad", "angry", "care", "haha", "dislike"]
MessageKindName = Literal["text", "voice", "video", "gif", "shared"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCard:
    """A thing of another app inside a message, as its reader may see it."""

    kind: str
    id: uuid.UUID
    author: UserSummary
    text: str
    image_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedReference:
    """What a message shares; `card` is null where the reader may not see it, and in frames of sockets."""

    kind: str
    id: uuid.UUID
    card: SharedCard | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewCard:
    """What the page behind the first link of a message says of itself."""

    url: str
    title: str
    description: str
    image_url: str | None
    site_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReactionCard:
    """How one member reacts to a message."""

    user_id: uuid.UUID
    kind: ReactionName


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyCard:
    """The message that another one answers; its text is cut, and empty once it was unsent."""

    id: uuid.UUID
    seq: int
    sender_id: uuid.UUID | None
    kind: MessageKindName
    text: str
    is_unsent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCard:
    """A message; a tombstone, which was unsent, has its place and its sender and nothing else.

    `sender` is null when they are gone.
    """

    id: uuid.UUID
    conversation_id: uuid.UUID
    seq: int
    client_id: str
    sender: UserSummary | None
    kind: MessageKindName
    text: str
    media: list[MediaCard]
    reply_to: ReplyCard | None
    shared: SharedReference | None
    preview: PreviewCard | None
    reactions: list[MessageReactionCard]
    is_unsent: bool
    created_at: dt.datetime
    edited_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRevisionCard:
    """What a message said until an edit."""

    version: int
    text: str
    replaced_at: dt.datetime
