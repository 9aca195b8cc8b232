"""Posts and what hangs on them.

A post is deleted by deleting its row: it is gone at once, however much hangs on it. The rows that hang
on it follow in a job, so no constraint ties them to it and nothing is shown without asking for its post.
"""

from django.conf import settings
from django.db import models

from content.enums import ReplyPolicy, Visibility
from content.models.counts import ReactionCounts
from content.models.moderation import Moderated
from grover.core.ids import Identified
from grover.core.privacy import Holds, holds
from messaging.enums import ReactionKind


@holds(
    Holds.SHARED,
    owner="author_id",
    exported=(
        "text",
        "visibility",
        "content_warning",
        "reply_policy",
        "category",
        "location",
        "quote_of_id",
        "community_id",
        "price",
        "currency",
        "preview_text",
        "created_at",
        "edited_at",
    ),
)
class Post(Identified, Moderated, ReactionCounts):
    """What somebody published. `version` grows with each edit; `pinned_at` puts it atop the profile.

    `media_ids` are the uploads it shows, in order; each is attached to it in the media app, which sees
    to it that an upload is shown once. `entities` are the tags and mentions in the text. With
    `members_only` it is for the members of its community. `is_listed` says that everybody may see it:
    only then is it found by tag, category and search, and a change of the account is followed by a job,
    so whoever shows it asks `can_see_post` all the same.

    `price` is in minor units of `currency`; who has not paid is shown `preview_text` in place of the post.
    """

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    text = models.TextField(blank=True)
    visibility = models.CharField(max_length=12, choices=Visibility, default=Visibility.PUBLIC)
    content_warning = models.CharField(max_length=200, blank=True)
    reply_policy = models.CharField(max_length=10, choices=ReplyPolicy, default=ReplyPolicy.EVERYONE)
    price = models.PositiveIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    preview_text = models.CharField(max_length=280, blank=True)
    media_ids = models.JSONField(default=list)
    has_image = models.BooleanField(default=False)
    has_video = models.BooleanField(default=False)
    has_audio = models.BooleanField(default=False)
    entities = models.JSONField(default=list)
    category = models.CharField(max_length=40, blank=True)
    location = models.JSONField(null=True)
    quote_of = models.ForeignKey(
        "self", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, null=True, related_name="+"
    )
    quoted_author_id = models.UUIDField(null=True)
    community_id = models.UUIDField(null=True)
    members_only = models.BooleanField(default=False)
    is_listed = models.BooleanField(default=True)
    has_poll = models.BooleanField(default=False)
    edited_at = models.DateTimeField(null=True)
    pinned_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    comment_count = models.PositiveIntegerField(default=0)
    repost_count = models.PositiveIntegerField(default=0)
    quote_count = models.PositiveIntegerField(default=0)
    save_count = models.PositiveIntegerField(default=0)
    view_count = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["author", "-id"], name="post_by_author"),
            models.Index(fields=["author", "has_image", "-id"], name="post_with_image_by_author"),
            models.Index(
                fields=["author", "-id"], condition=models.Q(has_video=True), name="post_with_video_by_author"
            ),
            models.Index(
                fields=["author", "-id"], condition=models.Q(has_audio=True), name="post_with_audio_by_author"
            ),
            models.Index(fields=["category", "-id"], name="post_of_category"),
            models.Index(fields=["quote_of", "-id"], name="post_that_quotes"),
            models.Index(fields=["community_id", "-id"], name="post_in_community"),
        ]

    @property
    def is_for_payers(self) -> bool:
        """Tell whether only those read it who paid: for the post, or to its author's subscribers."""
        return self.price is not None or self.visibility == Visibility.SUBSCRIBERS


@holds(Holds.SHARED, owner="post__author_id", exported=("text", "content_warning", "created_at"))
class PostRevision(Identified):
    """What a post said before an edit; `version` is the post's at that time."""

    post = models.ForeignKey(Post, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    version = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    content_warning = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "version"], name="revision_once")]


@holds(Holds.SHARED, owner="user_id", exported=("post_id", "kind", "created_at"))
class PostReaction(Identified):
    """How one person reacts to a post; one a person."""

    post = models.ForeignKey(Post, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=ReactionKind)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "post"], name="one_reaction_a_post")]
        indexes = [models.Index(fields=["post", "-id"], name="reaction_of_post")]


@holds(Holds.PERSONAL, owner="user_id", exported=("post_id", "created_at"))
class SavedPost(Identified):
    """A post that somebody keeps for later."""

    post = models.ForeignKey(Post, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "post"], name="saved_once")]
        indexes = [models.Index(fields=["user", "-id"], name="saved_of_user")]


@holds(Holds.PERSONAL, owner="user_id", exported=("post_id", "seen_on"))
class PostView(Identified):
    """That somebody saw a post on a day; the unique row counts it once."""

    post = models.ForeignKey(Post, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    seen_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "post", "seen_on"], name="seen_once_a_day")]


@holds(Holds.SHARED, owner="user_id", exported=("post_id", "created_at"))
class PinnedPost(Identified):
    """A place atop a profile that a post has taken; the unique place is what limits their number."""

    post = models.OneToOneField(Post, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    place = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "place"], name="one_post_a_place")]
