"""What happened to stories, highlights and lists of close friends."""

import uuid
from dataclasses import dataclass

from grover.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPublished(Event):
    story_id: uuid.UUID
    author_id: uuid.UUID
    shown_to: str
    has_media: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryDeleted(Event):
    """A story is gone: taken back by its author, or past its day and in no highlight."""

    story_id: uuid.UUID
    author_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryViewed(Event):
    story_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryReactionAdded(Event):
    """Somebody reacted to a story; `kind` replaces `replaced` when they had reacted before."""

    story_id: uuid.UUID
    author_id: uuid.UUID
    user_id: uuid.UUID
    kind: str
    replaced: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryReactionRemoved(Event):
    story_id: uuid.UUID
    user_id: uuid.UUID
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseFriendAdded(Event):
    user_id: uuid.UUID
    friend_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseFriendRemoved(Event):
    user_id: uuid.UUID
    friend_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class HighlightCreated(Event):
    highlight_id: uuid.UUID
    owner_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class HighlightChanged(Event):
    highlight_id: uuid.UUID
    owner_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class HighlightDeleted(Event):
    highlight_id: uuid.UUID
    owner_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryHighlighted(Event):
    story_id: uuid.UUID
    highlight_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryUnhighlighted(Event):
    story_id: uuid.UUID
    highlight_id: uuid.UUID
