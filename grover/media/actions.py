"""What happens to uploads: made safe, registered, attached, deleted."""

import contextlib
import datetime as dt
import uuid
from collections.abc import Callable, Collection, Sequence
from typing import IO

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.db.models import F

from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.errors import Invalid, PreconditionFailed
from grover.core.events import emit
from grover.core.ids import new_id, smallest_id_at
from grover.core.jobs import enqueue_durable
from grover.core.providers import ProviderRefused, ProviderUnavailable
from grover.core.viewers import Viewer
from grover.media.cards import VARIANT_WIDTHS, MediaCard, rendition_name, variant_name
from grover.media.enums import MediaAccess, MediaKind, MediaState
from grover.media.errors import (
    BrokenFile,
    ClipTooLarge,
    FileTooLarge,
    ImageTooLarge,
    MediaInUse,
    QuotaExceeded,
)
from grover.media.events import MediaFailed, MediaProcessed, MediaUploaded
from grover.media.models import Media, StorageUse
from grover.media.providers.base import Derived, Rendition
from grover.media.providers.kinds import KINDS, recognise
from grover.media.selectors import card_of, get_media, own_media

LARGEST_BYTES = 50 * 1024 * 1024
ORPHANED_AFTER = dt.timedelta(days=1)
SWEPT_AT_ONCE = 500


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
        _expect_file(media)
        default_storage.save(media.file_name, File(normal.file))
    _register_or_remove(media)
    return get_media(actor, media.pk)


@atomic
def _expect_file(media: Media) -> None:
    _check_room(media)
    enqueue_durable(
        "media.tasks.delete_unregistered",
        run_at=media.created_at + ORPHANED_AFTER,
        media_id=media.pk,
        names=[media.file_name],
    )


def _check_room(media: Media) -> None:
    """Refuse early what would be refused at the end, before the file is sent to the storage."""
    use = StorageUse.objects.filter(pk=media.owner_id).first()
    if (use.used if use else 0) + media.size > settings.MEDIA_QUOTA_BYTES:
        raise QuotaExceeded


def _register_or_remove(media: Media) -> None:
    try:
        _open_account_of_storage(media.owner_id)
        _register(media)
    except BaseException:
        with contextlib.suppress(ProviderUnavailable, ProviderRefused):  # a job will do it tomorrow
            default_storage.delete(media.file_name)
        raise


def _open_account_of_storage(owner_id: uuid.UUID) -> None:
    if StorageUse.objects.filter(pk=owner_id).exists():
        return
    try:
        atomic(StorageUse.objects.create)(owner_id=owner_id)
    except IntegrityError:
        return  # another upload of theirs was faster


@atomic
def _register(media: Media) -> None:
    has_room = StorageUse.objects.filter(pk=media.owner_id, used__lte=settings.MEDIA_QUOTA_BYTES - media.size)
    if has_room.update(used=F("used") + media.size) != 1:
        raise QuotaExceeded
    media.save(force_insert=True)
    enqueue_durable("media.tasks.process_media", media_id=media.pk)
    emit(MediaUploaded(media_id=media.pk, owner_id=media.owner_id, kind=media.kind, size=media.size))


def process_media(media_id: uuid.UUID) -> None:
    """Make the variants, preview and rendition of an upload; does nothing once it is ready or gone."""
    media = Media.objects.filter(pk=media_id).first()
    if media is None:
        for kind in MediaKind:  # an earlier run may have died before it could
            _delete_files(_names_of_copies(media_id, kind))
        return
    if media.state != MediaState.PROCESSING:
        return
    try:
        with default_storage.open(media.file_name) as file:
            derived = KINDS[MediaKind(media.kind)].derive(file, media.content_type, lambda _: None)
    except FileNotFoundError:
        _finish(media, MediaState.FAILED, failure="file_lost")
    except (BrokenFile, ImageTooLarge, ClipTooLarge) as refusal:
        _finish(media, MediaState.FAILED, failure=refusal.code)
    else:
        _store_derived(media, derived)


def _store_derived(media: Media, derived: Derived) -> None:
    found = {
        "variants": {str(width): _store_copy(media.pk, width, derived) for width in derived.copies},
        "rendition": _store_rendition(media, derived.rendition) if derived.rendition else {},
        "blurhash": derived.blurhash,
    }
    if not _finish(media, MediaState.READY, **found):
        _delete_files(_names_of_copies(media.pk, media.kind))  # deleted meanwhile


def _store_copy(media_id: uuid.UUID, width: int, derived: Derived) -> dict[str, int | str]:
    copy, name = derived.copies[width], variant_name(media_id, width)
    default_storage.save(name, ContentFile(copy.content))
    return {"name": name, "width": copy.width, "height": copy.height, "size": len(copy.content)}


def _store_rendition(media: Media, rendition: Rendition) -> dict[str, int | str]:
    name = rendition_name(media.pk, media.kind)
    with rendition.file:
        default_storage.save(name, File(rendition.file))
    return {
        "name": name,
        "content_type": rendition.content_type,
        "size": rendition.size,
        "width": rendition.width,
        "height": rendition.height,
    }


@atomic
def _finish(media: Media, state: MediaState, **found: object) -> bool:
    unfinished = Media.objects.filter(pk=media.pk, state=MediaState.PROCESSING)
    if unfinished.update(state=state, **found) != 1:
        return False
    is_ready = state == MediaState.READY
    emit(MediaProcessed(media_id=media.pk) if is_ready else MediaFailed(media_id=media.pk))
    _bump(media)
    return True


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
    _bump(media)


@atomic
def delete_media(actor: Viewer, *, media_id: uuid.UUID) -> None:
    """Delete one's own upload, which nothing may show; MediaInUse otherwise."""
    media = own_media(actor, media_id)
    if not _remove([media], attached_to=""):
        raise MediaInUse


@atomic
def attach_media(
    owner_id: uuid.UUID, *, media_ids: Sequence[uuid.UUID], to: str, restricted: bool
) -> list[MediaCard]:
    """Hang uploads on a thing of their owner's, such as `post:<id>`; gives them in the same order.

    Joins the caller's transaction. Invalid, naming the place in `/media_ids`, for an upload that is
    unknown, somebody else's, failed, named twice, or shown by something already.
    """
    free = Media.objects.filter(owner_id=owner_id, attached_to="").exclude(state=MediaState.FAILED)
    access = MediaAccess.RESTRICTED if restricted else MediaAccess.PUBLIC
    for index, media_id in enumerate(media_ids):
        if free.filter(pk=media_id).update(attached_to=to, access=access) != 1:
            raise Invalid.at(
                f"/media_ids/{index}", "not_available", "No upload of yours that is free to be shown"
            )
    attached = {media.pk: media for media in Media.objects.filter(pk__in=list(media_ids))}
    for media in attached.values():
        _bump(media)
    return [card_of(attached[media_id]) for media_id in media_ids]


@atomic
def release_media(*, of: str) -> None:
    """Let uploads that hang on a thing hang on nothing again; joins the caller's transaction."""
    for media in Media.objects.filter(attached_to=of):
        Media.objects.filter(pk=media.pk).update(attached_to="", access=MediaAccess.RESTRICTED)
        _bump(media)


@atomic
def set_restricted(*, to: str, restricted: bool) -> None:
    """Change who may fetch the uploads that hang on a thing; joins the caller's transaction."""
    access = MediaAccess.RESTRICTED if restricted else MediaAccess.PUBLIC
    for media in Media.objects.filter(attached_to=to).exclude(access=access):
        Media.objects.filter(pk=media.pk).update(access=access)
        _bump(media)


@atomic
def delete_attached(*, to: str) -> None:
    """Delete the uploads that hang on a thing, and their files; joins the caller's transaction."""
    _remove(list(Media.objects.filter(attached_to=to)), attached_to=to)


def delete_owned(owner_id: uuid.UUID) -> None:
    """Delete everything somebody uploaded, in batches; may be called again."""
    while rows := list(Media.objects.filter(owner_id=owner_id).order_by("id")[:SWEPT_AT_ONCE]):
        atomic(_remove)(rows)
    atomic(StorageUse.objects.filter(pk=owner_id).delete)()


def sweep_orphans(now: dt.datetime) -> int:
    """Delete uploads of more than a day ago that nothing shows; give their number."""
    old = Media.objects.filter(attached_to="", id__lt=smallest_id_at(now - ORPHANED_AFTER)).order_by("id")
    return sum(atomic(_remove)([media], attached_to="") for media in old[:SWEPT_AT_ONCE])


def delete_unregistered(media_id: uuid.UUID, names: Collection[str]) -> None:
    """Delete the files of an upload that was never registered, because its process died."""
    if not Media.objects.filter(pk=media_id).exists():
        _delete_files(names)


def delete_files(names: Collection[str]) -> None:
    """Delete files from the storage; those that are gone already do no harm."""
    _delete_files(names)


def _remove(rows: Sequence[Media], **still: str) -> int:
    """Delete rows that are still as given, make room for new ones, and have their files deleted."""
    removed = [media for media in rows if Media.objects.filter(pk=media.pk, **still).delete()[0]]
    for media in removed:
        StorageUse.objects.filter(pk=media.owner_id).update(used=F("used") - media.size)
        _bump(media)
    if removed:
        names = [name for media in removed for name in _names(media)]
        enqueue_durable("media.tasks.delete_files", names=names)
    return len(removed)


def _names(media: Media) -> list[str]:
    """List the files of an upload, with those that a job may just be making."""
    return [media.file_name, *_names_of_copies(media.pk, media.kind)]


def _names_of_copies(media_id: uuid.UUID, kind: str) -> list[str]:
    pictures = [variant_name(media_id, width) for width in VARIANT_WIDTHS]
    match MediaKind(kind):
        case MediaKind.IMAGE:
            return pictures
        case MediaKind.VIDEO:
            return [*pictures, rendition_name(media_id, kind)]
        case MediaKind.AUDIO:
            return [rendition_name(media_id, kind)]


def _delete_files(names: Collection[str]) -> None:
    for name in names:
        default_storage.delete(name)


def _bump(media: Media) -> None:
    """Tell the readers of an upload, and of whatever its owner shows it in."""
    bump(f"media:{media.pk}", f"user:{media.owner_id}")
