"""The rows and files of uploads, for the actions beside it."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.db.models import F, Sum

from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.jobs import enqueue_durable
from grover.media.cards import VARIANT_WIDTHS, rendition_name, variant_name
from grover.media.enums import MediaKind
from grover.media.errors import QuotaExceeded
from grover.media.events import MediaUploaded
from grover.media.models import DirectUpload, Media, StorageUse

LARGEST_BYTES = 50 * 1024 * 1024
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


def expect_file(upload: Media | DirectUpload) -> None:
    """Have what is about to be stored deleted a day later unless it is registered; QuotaExceeded.

    Joins the caller's transaction.
    """
    check_room(upload.owner_id, upload.size)
    enqueue_durable(
        "media.tasks.delete_unregistered",
        run_at=upload.created_at + ORPHANED_AFTER,
        media_id=upload.pk,
        names=[upload.file_name],
    )


def check_room(owner_id: uuid.UUID, size: int) -> None:
    """Refuse early what would be refused at the end, before the file is sent to the storage.

    What is announced and may arrive any moment counts as if it had.
    """
    announced = DirectUpload.objects.filter(owner_id=owner_id).aggregate(total=Sum("size"))["total"] or 0
    use = StorageUse.objects.filter(pk=owner_id).first()
    if (use.used if use else 0) + announced + size > settings.MEDIA_QUOTA_BYTES:
        raise QuotaExceeded


def open_account_of_storage(owner_id: uuid.UUID) -> None:
    """See that somebody has the row that counts what their uploads take."""
    if StorageUse.objects.filter(pk=owner_id).exists():
        return
    try:
        atomic(StorageUse.objects.create)(owner_id=owner_id)
    except IntegrityError:
        return  # another upload of theirs was faster


@atomic
def register_upload(media: Media) -> None:
    """Write an upload whose file is stored, and have a job make what goes with it; QuotaExceeded."""
    has_room = StorageUse.objects.filter(pk=media.owner_id, used__lte=settings.MEDIA_QUOTA_BYTES - media.size)
    if has_room.update(used=F("used") + media.size) != 1:
        raise QuotaExceeded
    media.save(force_insert=True)
    enqueue_durable("media.tasks.process_media", media_id=media.pk)
    emit(MediaUploaded(media_id=media.pk, owner_id=media.owner_id, kind=media.kind, size=media.size))
