"""The words that media stores."""

from django.db.models import TextChoices


class MediaKind(TextChoices):
    """What a file is to the person who sees it."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


class MediaState(TextChoices):
    """How far an upload is."""

    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class MediaAccess(TextChoices):
    """Who may fetch the files: anyone with the address, whom what they hang on is shown to, or nobody."""

    PUBLIC = "public"
    RESTRICTED = "restricted"
    WITHHELD = "withheld"


TRANSITIONS: dict[MediaState, frozenset[MediaState]] = {
    MediaState.PROCESSING: frozenset({MediaState.READY, MediaState.FAILED}),
    MediaState.READY: frozenset(),
    MediaState.FAILED: frozenset(),
}
