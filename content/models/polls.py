"""Polls: what is asked, what may be answered, who answered."""

from django.conf import settings
from django.db import models

from content.models.posts import Post
from grover.core.ids import Identified
from grover.core.privacy import Holds, holds

LONGEST_OPTION = 100


@holds(Holds.SHARED, owner="post__author_id", exported=("allows_several", "closes_at"))
class Poll(models.Model):
    """The question of a post; `version` grows with each vote, which makes voters take turns."""

    post = models.OneToOneField(
        Post, on_delete=models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="+"
    )
    allows_several = models.BooleanField(default=False)
    closes_at = models.DateTimeField()
    voter_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)


@holds(Holds.SHARED, owner="post__author_id", exported=("position", "text"))
class PollOption(Identified):
    """One of the answers."""

    post = models.ForeignKey(Post, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=LONGEST_OPTION)
    vote_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "position"], name="option_once")]


@holds(Holds.PERSONAL, owner="user_id", exported=("post_id", "options", "created_at"))
class PollVote(Identified):
    """What somebody answered: the positions of one option, or of several where the poll allows."""

    post = models.ForeignKey(Post, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    options = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "post"], name="one_vote_a_person")]
