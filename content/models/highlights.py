"""Highlights: stories that somebody keeps on their profile."""

from django.conf import settings
from django.db import models

from content.models.stories import Story
from grover.core.ids import Identified
from grover.core.privacy import Holds, holds


@holds(Holds.SHARED, owner="owner_id", exported=("title", "cover_story_id", "created_at"))
class Highlight(Identified):
    """Stories under one title. `version` grows with each change of its title or cover."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    title = models.CharField(max_length=50)
    cover_story_id = models.UUIDField(null=True)
    story_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["owner", "-id"], name="highlight_of_owner")]


@holds(Holds.SHARED, owner="highlight__owner_id", exported=("highlight_id", "story_id"))
class HighlightStory(Identified):
    """A story in a highlight; they are shown in the order in which they were put there."""

    highlight = models.ForeignKey(
        Highlight, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    story = models.ForeignKey(Story, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["highlight", "story"], name="once_in_a_highlight")]
        indexes = [models.Index(fields=["highlight", "id"], name="story_in_highlight")]


@holds(Holds.SHARED, owner="owner_id")
class HighlightShelf(models.Model):
    """Which highlights somebody has, in order; the row is the lock under which they come, move and go."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    highlight_ids = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
