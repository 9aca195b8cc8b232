"""Stories and what hangs on them; deleted as posts are, see there."""

import datetime as dt

from django.conf import settings
from django.db import models

from content.enums import StoryAudience
from content.models.counts import ReactionCounts
from content.models.moderation import Moderated
from grover.core.ids import Identified
from grover.core.privacy import Holds, holds
from messaging.enums import ReactionKind

LIFETIME = dt.timedelta(hours=24)


@holds(Holds.SHARED, owner="author_id", exported=("text", "audience", "created_at", "expires_at"))
class Story(Identified, Moderated, ReactionCounts):
    """What somebody shows for a day, or for as long as it is in one of their highlights.

    `media_id` is the upload it shows; `highlight_count` says in how many highlights it is. It is gone
    for everybody at `expires_at` to the millisecond, whenever the job comes that removes its row.
    """

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    text = models.CharField(max_length=500, blank=True)
    media_id = models.UUIDField(null=True)
    audience = models.CharField(max_length=15, choices=StoryAudience, default=StoryAudience.EVERYONE)
    expires_at = models.DateTimeField()
    view_count = models.PositiveIntegerField(default=0)
    highlight_count = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["author", "expires_at"], name="story_by_author")]

    def is_shown(self, now: dt.datetime) -> bool:
        """Tell whether the story is still there to be seen."""
        return self.expires_at > now or self.highlight_count > 0


@holds(Holds.SHARED, owner="user_id", exported=("story_id", "created_at"))
class StoryView(Identified):
    """That somebody saw a story; the unique row counts it once."""

    story = models.ForeignKey(Story, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "story"], name="story_seen_once")]
        indexes = [models.Index(fields=["story", "-id"], name="view_of_story")]


@holds(Holds.SHARED, owner="user_id", exported=("story_id", "kind", "created_at"))
class StoryReaction(Identified):
    """How one person reacts to a story; one a person."""

    story = models.ForeignKey(Story, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=ReactionKind)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "story"], name="one_reaction_a_story")]


@holds(Holds.PERSONAL, owner="user_id", exported=("friend_id", "created_at"))
class CloseFriend(Identified):
    """Whom somebody counts among their close friends; nobody but they knows."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    friend = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "friend"], name="close_friend_once")]
        indexes = [models.Index(fields=["user", "-id"], name="close_friend_of_user")]
