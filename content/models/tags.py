"""Tags, categories, and who is mentioned where."""

from django.conf import settings
from django.db import models

from content.models.comments import Comment
from content.models.posts import Post
from grover.core.ids import Identified
from grover.core.privacy import Holds, holds

LONGEST_TAG = 50


@holds(Holds.NONE)
class Tag(Identified):
    """A word that posts are found by, under its folded name; `post_count` counts what everybody may see."""

    name = models.CharField(max_length=LONGEST_TAG, unique=True)
    post_count = models.PositiveIntegerField(default=0)
    follower_count = models.PositiveIntegerField(default=0)


@holds(Holds.SHARED, owner="post__author_id", exported=("tag", "created_at"))
class PostTag(Identified):
    """That a post which everybody may see bears a tag."""

    post = models.ForeignKey(Post, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    tag = models.CharField(max_length=LONGEST_TAG)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "tag"], name="tagged_once")]
        indexes = [models.Index(fields=["tag", "-post"], name="post_of_tag")]


@holds(Holds.PERSONAL, owner="user_id", exported=("tag", "created_at"))
class TagFollow(Identified):
    """That somebody follows a tag."""

    tag = models.CharField(max_length=LONGEST_TAG)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "tag"], name="tag_followed_once")]


@holds(Holds.SHARED, owner="user_id", exported=("post_id", "comment_id", "created_at"))
class Mention(Identified):
    """That a post, or a comment under it, mentions somebody."""

    post = models.ForeignKey(Post, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    comment = models.ForeignKey(
        Comment, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="mention_of_user")]


@holds(Holds.NONE)
class Category(models.Model):
    """A shelf that posts are put on; the staff keep the list."""

    slug = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name
