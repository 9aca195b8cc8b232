"""The words that content stores."""

from django.db.models import TextChoices


class Visibility(TextChoices):
    """Who a post is for."""

    PUBLIC = "public"
    FOLLOWERS = "followers"
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


class StoryAudience(TextChoices):
    """Who a story is for."""

    EVERYONE = "everyone"
    FOLLOWERS = "followers"
    CLOSE_FRIENDS = "close_friends"
