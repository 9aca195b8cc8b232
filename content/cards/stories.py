"""Stories, the tray they are found in, and highlights as clients see them."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal

from accounts.cards.people import UserSummary
from content.cards.posts import ReactionName
from grover.media.cards import MediaCard

AudienceName = Literal["everyone", "followers", "close_friends"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryInsight:
    """What only the author of a story learns: whom it is for, and how often things were done to it."""

    audience: AudienceName
    views: int
    reactions: int
    by_reaction: dict[str, int]
    highlights: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMarks:
    """What the viewer did to a story; their own they have always seen."""

    seen: bool
    reaction: ReactionName | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCard:
    """A story as one viewer sees it; `insight` is null for all but its author.

    Past `expires_at` it is only seen in highlights.
    """

    id: uuid.UUID
    author: UserSummary
    text: str
    media: MediaCard | None
    created_at: dt.datetime
    expires_at: dt.datetime
    viewer: StoryMarks
    insight: StoryInsight | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RingCard:
    """A person in the tray: how many stories of theirs are for the viewer, and how many are new to them."""

    author: UserSummary
    story_count: int
    unseen_count: int
    has_unseen: bool
    latest_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryViewerCard:
    """Who saw a story, when first, and how they react to it."""

    user: UserSummary
    seen_at: dt.datetime
    reaction: ReactionName | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HighlightCard:
    """A highlight as one viewer sees it; `story_count` and `cover` count and show only what they may see."""

    id: uuid.UUID
    owner_id: uuid.UUID
    title: str
    position: int
    cover_story_id: uuid.UUID | None
    cover: MediaCard | None
    story_count: int
    created_at: dt.datetime
