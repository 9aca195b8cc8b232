"""Posts and comments as clients see them."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal

from accounts.cards.people import PersonCard, UserSummary
from grover.media.cards import MediaCard
from payments.cards.money import Money

ReactionName = Literal["like", "love", "wow", "sad", "angry", "care", "haha", "dislike"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityCard:
    """A hashtag or a mention in a text: from the character `start` to before `end`, counted in code points.

    `tag` is the name of the tag, `user_id` the person who is mentioned.
    """

    kind: Literal["tag", "mention"]
    start: int
    end: int
    tag: str | None
    user_id: uuid.UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCounts:
    """How often things were done to a post; `by_reaction` has the kinds that occur."""

    reactions: int
    by_reaction: dict[str, int]
    comments: int
    reposts: int
    quotes: int
    saves: int
    views: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostMarks:
    """What the viewer did to a post, and may do."""

    reaction: ReactionName | None
    saved: bool
    reposted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationCard:
    """Where a post is from, as its author says; in degrees where they gave them."""

    name: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOptionCard:
    """One of the answers of a poll."""

    text: str
    votes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PollCard:
    """The poll of a post; no vote is taken from `closes_at` on. `chosen` are the viewer's own options."""

    options: list[PollOptionCard]
    voters: int
    allows_several: bool
    closes_at: dt.datetime
    chosen: list[int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewMediaCard:
    """What is known of an upload before its post is paid for: how large it is, and its colours."""

    kind: Literal["image", "video", "audio"]
    width: int
    height: int
    blurhash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedCard:
    """A post inside another one that quotes it; of one with a warning, the warning alone.

    Of one that is locked, as in `PostCard`, the preview alone.
    """

    id: uuid.UUID
    author: UserSummary
    text: str
    media: list[MediaCard]
    is_locked: bool
    price: Money | None
    preview: str
    preview_media: list[PreviewMediaCard]
    content_warning: str
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCard:
    """A post as one viewer sees it.

    `quoted` is null when there is none or the viewer may not see it. In the home feed `reposted_by`
    are the people for whom it is there, the last first. `failure` says why a scheduled one is not there.
    To who has not paid, one with a price or for subscribers `is_locked`: then `preview`, which its author
    wrote, and `preview_media` stand for `text`, `entities`, `media`, `poll`, `quote_of` and `location`.
    """

    id: uuid.UUID
    state: Literal["draft", "scheduled", "published", "failed"]
    failure: str | None
    publish_at: dt.datetime | None
    author: UserSummary
    text: str
    entities: list[EntityCard]
    media: list[MediaCard]
    poll: PollCard | None
    quote_of: uuid.UUID | None
    quoted: QuotedCard | None
    reposted_by: list[UserSummary]
    visibility: Literal["public", "followers", "subscribers", "private"]
    is_locked: bool
    price: Money | None
    preview: str
    preview_media: list[PreviewMediaCard]
    content_warning: str
    reply_policy: Literal["everyone", "followers", "nobody"]
    community_id: uuid.UUID | None
    category: str | None
    location: LocationCard | None
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
    entities: list[EntityCard]
    is_hidden: bool
    created_at: dt.datetime
    edited_at: dt.datetime | None
    counts: CommentCounts
    viewer: CommentMarks


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionCard:
    """Where somebody mentions the viewer: a post, or a comment under one."""

    id: uuid.UUID
    kind: Literal["post", "comment"]
    post: PostCard | None
    comment: CommentCard | None
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RepostCard:
    """Who passed a post on."""

    user: UserSummary
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TagCard:
    """A tag, and whether the viewer follows it; `posts` are those that everybody may see."""

    name: str
    posts: int
    followers: int
    following: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryCard:
    """A shelf that posts are put on."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityCard:
    """A community; `role` is the viewer's, null when they are no member, `requested` that they asked."""

    id: uuid.UUID
    name: str
    description: str
    rules: str
    is_private: bool
    members: int
    role: Literal["owner", "moderator", "member"] | None
    requested: bool
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityMemberCard:
    """A member of a community."""

    user: UserSummary
    role: Literal["owner", "moderator", "member"]
    joined_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityRequestCard:
    """Somebody who asks to become a member."""

    id: uuid.UUID
    user: UserSummary
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionCard:
    """Posts that somebody put together."""

    id: uuid.UUID
    owner: UserSummary
    title: str
    description: str
    is_public: bool
    posts: int
    followers: int
    following: bool
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionCard:
    """Somebody whom the viewer may want to follow, and why.

    `followed_by` are some of the people whom the viewer follows and who follow them, `followed_by_count`
    how many there are; none when they are suggested because they are rising.
    """

    user: UserSummary
    reason: Literal["followed_by", "rising"]
    followed_by: list[UserSummary]
    followed_by_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCard:
    """A thing that was found: the one field that `kind` names is there, the others are null."""

    kind: Literal["user", "tag", "post"]
    user: PersonCard | None = None
    tag: TagCard | None = None
    post: PostCard | None = None
