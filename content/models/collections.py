"""Collections: posts that somebody put together for themselves or for others."""

from django.conf import settings
from django.db import models

from content.models.posts import Post
from grover.core.ids import Identified
from grover.core.privacy import Holds, holds

LONGEST_TITLE = 100
LONGEST_DESCRIPTION = 500


@holds(Holds.SHARED, owner="owner_id", exported=("title", "description", "is_public", "created_at"))
class Collection(Identified):
    """A shelf of posts under a title; others see it only when it is public."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    title = models.CharField(max_length=LONGEST_TITLE)
    description = models.CharField(max_length=LONGEST_DESCRIPTION, blank=True)
    is_public = models.BooleanField(default=False)
    follower_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["owner", "-id"], name="collection_of_owner")]


@holds(Holds.SHARED, owner="collection__owner_id", exported=("collection_id", "post_id", "created_at"))
class CollectionItem(Identified):
    """A post in a collection."""

    collection = models.ForeignKey(
        Collection, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    post = models.ForeignKey(Post, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["collection", "post"], name="collected_once")]
        indexes = [models.Index(fields=["collection", "-id"], name="item_of_collection")]


@holds(Holds.PERSONAL, owner="user_id", exported=("collection_id", "created_at"))
class CollectionFollow(Identified):
    """That somebody follows a collection."""

    collection = models.ForeignKey(
        Collection, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "collection"], name="collection_followed_once")
        ]
