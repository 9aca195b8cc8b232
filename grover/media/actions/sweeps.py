"""Uploads that nobody wants any more, and what crashes left."""

import datetime as dt
import uuid
from collections.abc import Collection

from grover.core.db import atomic
from grover.core.ids import smallest_id_at
from grover.media.actions.stored import ORPHANED_AFTER, delete_files, remove_uploads
from grover.media.models import DirectUpload, Media, StorageUse

SWEPT_AT_ONCE = 500


def delete_owned(owner_id: uuid.UUID) -> None:
    """Delete everything somebody uploaded, in batches; may be called again."""
    while rows := list(Media.objects.filter(owner_id=owner_id).order_by("id")[:SWEPT_AT_ONCE]):
        atomic(remove_uploads)(rows)
    atomic(DirectUpload.objects.filter(owner_id=owner_id).delete)()
    atomic(StorageUse.objects.filter(pk=owner_id).delete)()


def sweep_orphans(now: dt.datetime) -> int:
    """Delete uploads of more than a day ago that nothing shows; give their number."""
    old = Media.objects.filter(attached_to="", id__lt=smallest_id_at(now - ORPHANED_AFTER)).order_by("id")
    return sum(atomic(remove_uploads)([media], attached_to="") for media in old[:SWEPT_AT_ONCE])


def delete_unregistered(media_id: uuid.UUID, names: Collection[str]) -> None:
    """Delete the files of an upload that was never registered: its process died, or nobody completed it."""
    atomic(DirectUpload.objects.filter(pk=media_id).delete)()  # from now on it cannot be
    if not Media.objects.filter(pk=media_id).exists():
        delete_files(names)
