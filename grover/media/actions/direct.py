"""Uploads that go straight to the storage: announced, sent there, and registered once they arrived."""

import uuid
from typing import cast

from django.core.files.storage import default_storage

from grover.core.db import atomic
from grover.core.errors import NotFound
from grover.core.ids import new_id
from grover.core.viewers import Viewer
from grover.media.actions.stored import (
    LARGEST_BYTES,
    delete_files,
    expect_file,
    open_account_of_storage,
    register_upload,
)
from grover.media.cards import DirectUploadCard, MediaCard
from grover.media.enums import MediaKind
from grover.media.errors import DirectUploadUnavailable, UploadMismatch, UploadNotReceived
from grover.media.models import DirectUpload, Media
from grover.media.providers.base import DirectStorage, Received
from grover.media.providers.clips.limits import LONGEST_SECONDS, LONGEST_SIDE
from grover.media.providers.direct import ANNOUNCED
from grover.media.providers.images import MOST_PIXELS
from grover.media.selectors import get_media

MOST_GROWTH = 2  # by which what is written anew may be larger than what was announced


def announce_upload(actor: Viewer, *, content_type: str, size: int, alt_text: str = "") -> DirectUploadCard:
    """Let somebody send one file to the storage; QuotaExceeded, or DirectUploadUnavailable on a disk.

    Unless it is completed, a job deletes a day later whatever was sent.
    """
    storage = _direct_storage()
    announced = ANNOUNCED[content_type]
    upload = DirectUpload(
        id=new_id(), owner_id=actor.id, content_type=content_type, size=size, alt_text=alt_text
    )
    upload.file_name = f"{upload.pk}/original.{announced.extension}"
    form = storage.form_for(upload.file_name, announced.formats)
    _announce(upload)
    return DirectUploadCard(id=upload.pk, url=form.url, fields=form.fields, expires_at=form.expires_at)


@atomic
def _announce(upload: DirectUpload) -> None:
    expect_file(upload)
    upload.save(force_insert=True)


def complete_upload(actor: Viewer, *, media_id: uuid.UUID) -> MediaCard:
    """Register a file that arrived at the storage; a second call gives the same upload.

    NotFound for what one did not announce, UploadNotReceived while it is not there, QuotaExceeded, and
    UploadMismatch for another kind or size than was announced, which is then deleted.
    """
    upload = DirectUpload.objects.filter(pk=media_id, owner_id=actor.id).first()
    if upload is None:
        return _completed(actor, media_id)
    try:
        received = _direct_storage().received(upload.file_name)
    except FileNotFoundError:
        raise UploadNotReceived from None
    if not _is_as_announced(upload, received):
        _forget(upload)
        raise UploadMismatch
    open_account_of_storage(upload.owner_id)
    _register(upload, received)
    return _completed(actor, media_id)


def _completed(actor: Viewer, media_id: uuid.UUID) -> MediaCard:
    if not Media.objects.filter(pk=media_id, owner_id=actor.id).exists():
        raise NotFound
    return get_media(actor, media_id)


def _is_as_announced(upload: DirectUpload, received: Received) -> bool:
    announced = ANNOUNCED[upload.content_type]
    if received.extension != announced.extension:
        return False
    if received.size > min(LARGEST_BYTES, MOST_GROWTH * upload.size):
        return False
    longest, pixels = max(received.width, received.height), received.width * received.height
    match announced.kind:
        case MediaKind.IMAGE:
            return 0 < pixels <= MOST_PIXELS
        case MediaKind.VIDEO:
            return 0 < longest <= LONGEST_SIDE and 0 < received.duration <= LONGEST_SECONDS
        case MediaKind.AUDIO:
            return pixels == 0 and 0 < received.duration <= LONGEST_SECONDS


def _forget(upload: DirectUpload) -> None:
    """Delete what was sent, unless it was completed meanwhile; a job does it if this does not."""
    if atomic(DirectUpload.objects.filter(pk=upload.pk).delete)()[0]:
        delete_files([upload.file_name])


@atomic
def _register(upload: DirectUpload, received: Received) -> None:
    """Make an upload of what was announced; whoever takes the row away does, and nobody twice."""
    if not DirectUpload.objects.filter(pk=upload.pk).delete()[0]:
        return
    announced = ANNOUNCED[upload.content_type]
    register_upload(
        Media(
            id=upload.pk,
            owner_id=upload.owner_id,
            kind=announced.kind,
            content_type=announced.content_type,
            file_name=upload.file_name,
            size=received.size,
            width=received.width,
            height=received.height,
            duration=received.duration,
            alt_text=upload.alt_text,
        )
    )


def _direct_storage() -> DirectStorage:
    if not hasattr(default_storage, "form_for"):
        raise DirectUploadUnavailable
    return cast("DirectStorage", default_storage)
