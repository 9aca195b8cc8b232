"""The rows and files of uploads, for the actions beside it."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence

from django.core.files.storage import default_storage
from django.db.models import F

from grover.core.caching import bump
from grover.core.jobs import enqueue_durable
from grover.media.cards import VARIANT_WIDTHS, rendition_name, variant_name
from grover.media.enums import MediaKind
from grover.media.models import Media, StorageUse

ORPHANED_AFTER = dt.timedelta(days=1)


def remove_uploads(rows: Sequence[Media], **still: str) -> int:
    """Delete rows that are still as given, make room for new ones, and have their files deleted."""
    removed = [media for media in rows if Media.objects.filter(pk=media.pk, **still).delete()[0]]
    for media in removed:
        StorageUse.objects.filter(pk=media.owner_id).update(used=F("used") - media.size)
        bump_readers(media)
    if removed:
        names = [name for media in removed for name in _names(media)]
        enqueue_durable("media.tasks.delete_files", names=names)
    return len(removed)


def _names(media: Media) -> list[str]:
    """List the files of an upload, with those that a job may just be making."""
    return [media.file_name, *names_of_copies(media.pk, media.kind)]


def names_of_copies(media_id: uuid.UUID, kind: str) -> list[str]:
    """List the files that a job makes of an upload of a kind."""
    pictures = [variant_name(media_id, width) for width in VARIANT_WIDTHS]
    match MediaKind(kind):
        case MediaKind.IMAGE:
            return pictures
        case MediaKind.VIDEO:
            return [*pictures, rendition_name(media_id, kind)]
        case MediaKind.AUDIO:
            return [rendition_name(media_id, kind)]


def delete_files(names: Collection[str]) -> None:
    """Delete files from the storage; those that are gone already do no harm."""
    for name in names:
        default_storage.delete(name)


def bump_readers(media: Media) -> None:
    """Tell the readers of an upload, and of whatever its owner shows it in."""
    bump(f"media:{media.pk}", f"user:{media.owner_id}")
