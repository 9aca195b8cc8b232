"""What happened to posts and comments."""

import uuid
from dataclasses import dataclass

from grover.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPublished(Event):
    post_id: uuid.UUID
    author_id: uuid.UUID
    visibility: str
    media_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSaved(Event):
    draft_id: uuid.UUID
    author_id: uuid.UUID
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFailed(Event):
    """A scheduled post could not be published; `code` says why."""

    draft_id: uuid.UUID
    author_id: uuid.UUID
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostEdited(Event):
    post_id: uuid.UUID
    author_id: uuid.UUID
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDeleted(Event):
    post_id: uuid.UUID
    author_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPinned(Event):
    post_id: uuid.UUID
    author_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PostUnpinned(Event):
    post_id: uuid.UUID
    author_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PostReposted(Event):
    post_id: uuid.UUID
    author_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PostUnreposted(Event):
    post_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PollVoted(Event):
    """Somebody answered a poll, or changed their answer."""

    post_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TagFollowed(Event):
    tag: str
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TagUnfollowed(Event):
    tag: str
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PostSaved(Event):
    post_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PostUnsaved(Event):
    post_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PostViewed(Event):
    post_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionAdded(Event):
    """Somebody reacted to a post; `kind` replaces `replaced` when they had reacted before."""

    post_id: uuid.UUID
    author_id: uuid.UUID
    user_id: uuid.UUID
    kind: str
    replaced: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionRemoved(Event):
    post_id: uuid.UUID
    user_id: uuid.UUID
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentAdded(Event):
    """Somebody commented on a post, or replied to a comment there."""

    comment_id: uuid.UUID
    post_id: uuid.UUID
    post_author_id: uuid.UUID
    author_id: uuid.UUID
    parent_id: uuid.UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentEdited(Event):
    comment_id: uuid.UUID
    post_id: uuid.UUID
    author_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentDeleted(Event):
    """A comment went, and with it so many replies."""

    comment_id: uuid.UUID
    post_id: uuid.UUID
    author_id: uuid.UUID
    reply_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentHidden(Event):
    comment_id: uuid.UUID
    post_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentUnhidden(Event):
    comment_id: uuid.UUID
    post_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentReactionAdded(Event):
    """Somebody reacted to a comment; `kind` replaces `replaced` when they had reacted before."""

    comment_id: uuid.UUID
    author_id: uuid.UUID
    user_id: uuid.UUID
    kind: str
    replaced: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentReactionRemoved(Event):
    comment_id: uuid.UUID
    user_id: uuid.UUID
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionCreated(Event):
    collection_id: uuid.UUID
    owner_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionEdited(Event):
    collection_id: uuid.UUID
    owner_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionDeleted(Event):
    collection_id: uuid.UUID
    owner_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionFollowed(Event):
    collection_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionUnfollowed(Event):
    collection_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCollected(Event):
    collection_id: uuid.UUID
    post_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PostUncollected(Event):
    collection_id: uuid.UUID
    post_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityFounded(Event):
    community_id: uuid.UUID
    owner_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityEdited(Event):
    community_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityClosed(Event):
    community_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipRequested(Event):
    community_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberJoined(Event):
    community_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLeft(Event):
    community_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRemoved(Event):
    community_id: uuid.UUID
    user_id: uuid.UUID
    by_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPromoted(Event):
    """What a member may do has changed."""

    community_id: uuid.UUID
    user_id: uuid.UUID
    by_id: uuid.UUID
    role: str
