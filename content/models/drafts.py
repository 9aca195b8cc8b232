"""Posts that are not published yet."""

from django.conf import settings
from django.db import models

from content.enums import DraftState
from grover.core.ids import Identified
from grover.core.privacy import Holds, holds


@holds(Holds.PERSONAL, owner="author_id", exported=("content", "state", "publish_at", "created_at"))
class Draft(Identified):
    """A post to be: what it will say, and when, if a time is set.

    `content` is what `publish_post` takes. Once published the row stays as a pointer to the post, so
    that who knows the draft by its id finds what became of it.
    """

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    content = models.JSONField()
    state = models.CharField(max_length=10, choices=DraftState, default=DraftState.DRAFT)
    publish_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=60, blank=True)
    post_id = models.UUIDField(null=True)
    edited_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["author", "state", "-id"], name="draft_of_author")]
