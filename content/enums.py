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


class ReactionKind(TextChoices):
    """How people react."""

    LIKE = "like"
    LOVE = "love"
    WOW = "wow"
    SAD = "sad"
    ANGRY = "angry"
    CARE = "care"
    HAHA = "haha"
    DISLIKE = "dislike"


class CommentSort(TextChoices):
    """In which order comments are read."""

    NEWEST = "newest"
    OLDEST = "oldest"
    TOP = "top"
