"""Posts that people pass on to their followers."""

from django.conf import settings
from django.db import models

from content.models.posts import Post
from grover.core.ids import Identified
from grover.core.privacy import Holds, holds


@holds(Holds.SHARED, owner="user_id", exported=("post_id", "created_at"))
class Repost(Identified):
    """That somebody passed a post on; once a person."""

    post = models.ForeignKey(
        Post, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "post"], name="reposted_once")]
        indexes = [
            models.Index(fields=["post", "-id"], name="repost_of_post"),
            models.Index(fields=["user", "-id"], name="repost_by_user"),
        ]
