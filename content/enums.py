"""The words that content stores."""

from django.db.models import TextChoices


class Visibility(TextChoices):
    """Who a post is for."""

    PUBLIC = "public"
    FOLLOWERS = "followers"
    SUBSCRIBERS = "subscribers"
    PRIVATE = "private"


class ReplyPolicy(TextChoices):
    """Who may comment on a post, of those who see it."""

    EVERYONE = "everyone"
    FOLLOWERS = "followers"
    NOBODY = "nobody"


class CommentSort(TextChoices):
    """In which order comments are read."""

    NEWEST = "newest"
    OLDEST = "oldest"
    TOP = "top"


class CommunityRole(TextChoices):
    """What a member of a community may do."""

    OWNER = "owner"
    MODERATOR = "moderator"
    MEMBER = "member"


class TrendKind(TextChoices):
    """Of what it is a list."""

    POST = "post"
    TAG = "tag"
    CREATOR = "creator"


class SearchType(TextChoices):
    """What is sought."""

    ALL = "all"
    USERS = "users"
    TAGS = "tags"
    POSTS = "posts"


class DraftState(TextChoices):
    """How far a post that was not published at once is."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    FAILED = "failed"


DRAFT_TRANSITIONS: dict[DraftState, frozenset[DraftState]] = {
    DraftState.DRAFT: frozenset({DraftState.SCHEDULED, DraftState.PUBLISHED}),
    DraftState.SCHEDULED: frozenset({DraftState.DRAFT, DraftState.PUBLISHED, DraftState.FAILED}),
    DraftState.FAILED: frozenset({DraftState.DRAFT, DraftState.SCHEDULED, DraftState.PUBLISHED}),
    DraftState.PUBLISHED: frozenset(),
}


class StoryAudience(TextChoices):
    """Who a story is for."""

    EVERYONE = "everyone"
    FOLLOWERS = "followers"
    CLOSE_FRIENDS = "close_friends"
