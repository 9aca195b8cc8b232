"""Posts and comments as clients see them."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal

from accounts.cards.people import UserSummary
from grover.media.cards import MediaCard

ReactionName = Literal["like", "love", "wow", "sad", "angry", "care", "haha", "dislike"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCounts:
    """How often things were done to a post; `by_reaction` has the kinds that occur."""

    reactions: int
    by_reaction: dict[str, int]
    comments: int
    saves: int
    views: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostMarks:
    """What the viewer did to a post, and may do."""

    reaction: ReactionName | None
    saved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCard:
    """A post as one viewer sees it."""

    id: uuid.UUID
    author: UserSummary
    text: str
    media: list[MediaCard]
    visibility: Literal["public", "followers", "private"]
    content_warning: str
    reply_policy: Literal["everyone", "followers", "nobody"]
    is_pinned: bool
    created_at: dt.datetime
    edited_at: dt.datetime | None
    counts: PostCounts
    viewer: PostMarks


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionCard:
    """What a post said until an edit."""

    version: int
    text: str
    content_warning: str
    replaced_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionCard:
    """Who reacted, and how."""

    user: UserSummary
    kind: ReactionName
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentMarks:
    """What the viewer did to a comment."""

    reaction: ReactionName | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentCounts:
    """How often things were done to a comment."""

    reactions: int
    by_reaction: dict[str, int]
    replies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentCard:
    """A comment as one viewer sees it."""

    id: uuid.UUID
    post_id: uuid.UUID
    parent_id: uuid.UUID | None
    author: UserSummary
    text: str
    is_hidden: bool
    created_at: dt.datetime
    edited_at: dt.datetime | None
    counts: CommentCounts
    viewer: CommentMarks
