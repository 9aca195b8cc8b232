"""The tables of media; private to it."""

from django.db import models

from grover.core.ids import Identified
from grover.core.privacy import Holds, holds
from grover.media.enums import MediaAccess, MediaKind, MediaState


@holds(
    Holds.PERSONAL,
    owner="owner_id",
    exported=("kind", "content_type", "size", "width", "height", "duration", "alt_text", "created_at"),
)
class Media(Identified):
    """One upload: the original, written anew by us, and, once it is ready, what was made of it.

    `attached_to` is the one thing it hangs on, such as `post:<id>`; while empty the upload is an orphan
    and is swept after a day. `variants` maps a width to `{"name", "width", "height", "size"}`; of a video
    they show its poster. `rendition` is `{"name", "content_type", "size", "width", "height"}`, or empty.
    `duration` is in seconds, and `failure` is the code of what an upload failed by.
    """

    owner_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=MediaKind)
    state = models.CharField(max_length=10, choices=MediaState, default=MediaState.PROCESSING)
    access = models.CharField(max_length=10, choices=MediaAccess, default=MediaAccess.RESTRICTED)
    attached_to = models.CharField(max_length=60, blank=True, default="")
    content_type = models.CharField(max_length=50)
    file_name = models.CharField(max_length=200, unique=True)
    size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    duration = models.FloatField(default=0.0)
    blurhash = models.CharField(max_length=60, blank=True, default="")
    alt_text = models.CharField(max_length=1000, blank=True, default="")
    variants = models.JSONField(default=dict)
    rendition = models.JSONField(default=dict)
    failure = models.CharField(max_length=40, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["owner_id", "-id"], name="media_of_owner"),
            models.Index(fields=["attached_to", "id"], name="media_by_attachment"),
        ]


@holds(Holds.PERSONAL, owner="owner_id", exported=("content_type", "size", "alt_text", "created_at"))
class DirectUpload(Identified):
    """A file that somebody may send straight to the storage, under the id that the upload will have.

    The row goes when the upload is registered, or with the file when it never is.
    """

    owner_id = models.UUIDField()
    content_type = models.CharField(max_length=50)
    size = models.PositiveBigIntegerField()
    alt_text = models.CharField(max_length=1000, blank=True, default="")
    file_name = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["owner_id"], name="direct_upload_of_owner")]


@holds(Holds.NONE)
class StorageUse(models.Model):
    """How many bytes the uploads of one person take; changed by condition, so a quota is never passed."""

    owner_id = models.UUIDField(primary_key=True)
    used = models.PositiveBigIntegerField(default=0)
