"""Uploads that people send through us, describe and delete."""

import contextlib
import uuid
from collections.abc import Callable
from typing import IO

from django.core.files import File
from django.core.files.storage import default_storage

from grover.core.db import atomic
from grover.core.errors import PreconditionFailed
from grover.core.ids import new_id
from grover.core.providers import ProviderRefused, ProviderUnavailable
from grover.core.viewers import Viewer
from grover.media.actions.stored import (
    LARGEST_BYTES,
    bump_readers,
    expect_file,
    open_account_of_storage,
    register_upload,
    remove_uploads,
)
from grover.media.cards import MediaCard
from grover.media.errors import FileTooLarge, MediaInUse
from grover.media.models import Media
from grover.media.providers.kinds import recognise
from grover.media.selectors import get_media, own_media


def upload_media(actor: Viewer, *, file: IO[bytes], size: int, alt_text: str = "") -> MediaCard:
    """Take a file in: check it, write it anew, store it, and have a job make what goes with it.

    Refused with UnsupportedFile, BrokenFile, FileTooLarge, ImageTooLarge, ClipTooLarge or QuotaExceeded,
    and then neither a file nor a row is left. The job that makes sure of that after a crash is written
    first.
    """
    if size > LARGEST_BYTES:
        raise FileTooLarge
    kind, content_type = recognise(file)
    normal = kind.normalise(file, content_type)
    with normal.file:
        media = Media(
            id=new_id(),
            owner_id=actor.id,
            kind=normal.kind,
            content_type=normal.content_type,
            size=normal.size,
            width=normal.width,
            height=normal.height,
            duration=normal.duration,
            alt_text=alt_text,
        )
        media.file_name = f"{media.pk}/original.{normal.extension}"
        atomic(expect_file)(media)
        default_storage.save(media.file_name, File(normal.file))
    _register_or_remove(media)
    return get_media(actor, media.pk)


def _register_or_remove(media: Media) -> None:
    try:
        open_account_of_storage(media.owner_id)
        register_upload(media)
    except BaseException:
        with contextlib.suppress(ProviderUnavailable, ProviderRefused):  # a job will do it tomorrow
            default_storage.delete(media.file_name)
        raise


def describe_media(
    actor: Viewer,
    *,
    media_id: uuid.UUID,
    alt_text: str,
    precondition: Callable[[MediaCard], None] | None = None,
) -> MediaCard:
    """Say what one's own upload shows, for people who do not see it.

    `precondition` may refuse on the upload as it stands; the change is made to just that state or
    PreconditionFailed is raised.
    """
    media = own_media(actor, media_id)
    if precondition is not None:
        precondition(get_media(actor, media_id))
    _describe(media, alt_text)
    return get_media(actor, media_id)


@atomic
def _describe(media: Media, alt_text: str) -> None:
    same = Media.objects.filter(pk=media.pk, version=media.version)
    if same.update(alt_text=alt_text, version=media.version + 1) != 1:
        raise PreconditionFailed
    bump_readers(media)


@atomic
def delete_media(actor: Viewer, *, media_id: uuid.UUID) -> None:
    """Delete one's own upload, which nothing may show; MediaInUse otherwise."""
    media = own_media(actor, media_id)
    if not remove_uploads([media], attached_to=""):
        raise MediaInUse
