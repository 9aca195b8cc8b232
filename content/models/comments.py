"""Comments and what hangs on them; deleted as posts are, see there."""

from django.conf import settings
from django.db import models

from content.models.counts import ReactionCounts
from content.models.moderation import Moderated
from content.models.posts import Post
from grover.core.ids import Identified
from grover.core.privacy import Holds, holds
from messaging.enums import ReactionKind


@holds(Holds.SHARED, owner="author_id", exported=("post_id", "text", "created_at", "edited_at"))
class Comment(Identified, Moderated, ReactionCounts):
    """What somebody says under a post, or in reply to a comment there; replies are one level deep."""

    post = models.ForeignKey(
        Post, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    text = models.TextField()
    entities = models.JSONField(default=list)
    edited_at = models.DateTimeField(null=True)
    is_hidden = models.BooleanField(default=False)
    reply_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["post", "parent", "-id"], name="comment_of_post"),
            models.Index(fields=["post", "parent", "-reaction_count", "-id"], name="comment_by_reactions"),
            models.Index(fields=["author", "-id"], name="comment_by_author"),
        ]


@holds(Holds.SHARED, owner="user_id", exported=("comment_id", "kind", "created_at"))
class CommentReaction(Identified):
    """How one person reacts to a comment; one a person."""

    comment = models.ForeignKey(Comment, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=ReactionKind)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "comment"], name="one_reaction_a_comment")]
        indexes = [models.Index(fields=["comment", "-id"], name="reaction_of_comment")]
