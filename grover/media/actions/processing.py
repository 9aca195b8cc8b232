"""What the job makes of an upload: smaller copies, a preview, what every player plays."""

import dataclasses
import time
import uuid
from typing import cast

from django.core.cache import cache
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from grover.core.broadcast import to_user
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.viewers import on_behalf_of
from grover.media.actions.stored import bump_readers, delete_files, names_of_copies
from grover.media.cards import VARIANT_WIDTHS, rendition_name, variant_name, with_viewer
from grover.media.enums import MediaKind, MediaState
from grover.media.errors import BrokenFile, ClipTooLarge, ImageTooLarge
from grover.media.events import MediaFailed, MediaProgress, MediaReady
from grover.media.models import Media
from grover.media.providers.base import ClipMaker, Derived, Rendition
from grover.media.providers.kinds import KINDS
from grover.media.selectors import card_of, progress_key

TOLD_EVERY = 0.5  # seconds
PROGRESS_LASTS = 60


def process_media(media_id: uuid.UUID) -> None:
    """Make the variants, preview and rendition of an upload; does nothing once it is ready or gone."""
    media = Media.objects.filter(pk=media_id).first()
    if media is None:
        for kind in MediaKind:  # an earlier run may have died before it could
            delete_files(names_of_copies(media_id, kind))
        return
    if media.state != MediaState.PROCESSING:
        return
    makes_clips = media.kind != MediaKind.IMAGE and hasattr(default_storage, "make_rendition")
    try:
        found = _have_made(media) if makes_clips else _make(media)
    except FileNotFoundError:
        _finish(media, MediaState.FAILED, failure="file_lost")
    except (BrokenFile, ImageTooLarge, ClipTooLarge) as refusal:
        _finish(media, MediaState.FAILED, failure=refusal.code)
    else:
        if not _finish(media, MediaState.READY, **found):
            delete_files(names_of_copies(media.pk, media.kind))  # deleted meanwhile


def _make(media: Media) -> dict[str, object]:
    """Make what goes with an upload ourselves, and store it."""
    with default_storage.open(media.file_name) as file:
        derived = KINDS[MediaKind(media.kind)].derive(file, media.content_type, _Progress(media))
    return {
        "variants": {str(width): _store_copy(media.pk, width, derived) for width in derived.copies},
        "rendition": _store_rendition(media, derived.rendition) if derived.rendition else {},
        "blurhash": derived.blurhash,
    }


def _have_made(media: Media) -> dict[str, object]:
    """Have the storage make what goes with a video or a sound; we only blur its smallest picture."""
    maker = cast("ClipMaker", default_storage)
    tell, name = _Progress(media), rendition_name(media.pk, media.kind)
    variants: dict[str, dict[str, int | str]] = {}
    if media.kind == MediaKind.VIDEO:
        for width in VARIANT_WIDTHS:
            poster = variant_name(media.pk, width)
            made = maker.make_poster(media.file_name, poster, width)
            variants[str(width)] = {"name": poster, **dataclasses.asdict(made)}
        tell(25)
    played = dataclasses.asdict(maker.make_rendition(media.file_name, name))
    return {
        "variants": variants,
        "rendition": {"name": name, "content_type": f"{media.kind}/mp4", **played},
        "blurhash": _blur_of(str(variants["200"]["name"])) if variants else "",
    }


def _blur_of(name: str) -> str:
    with default_storage.open(name) as file:
        return KINDS[MediaKind.IMAGE].derive(file, "image/webp", lambda _: None).blurhash


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
    media.refresh_from_db()
    emit(_outcome(media), to=[to_user(media.owner_id)])
    bump_readers(media)
    return True


def _outcome(media: Media) -> MediaReady | MediaFailed:
    if media.state == MediaState.FAILED:
        return MediaFailed(media_id=media.pk, failure=media.failure)
    card = with_viewer(card_of(media), on_behalf_of(media.owner_id))
    return MediaReady(media_id=media.pk, media=card)


class _Progress:
    """Tells the owner how far a job is, twice a second at most, and who asks for as long as it is news."""

    def __init__(self, media: Media) -> None:
        self._media = media
        self._told_at = -TOLD_EVERY

    def __call__(self, percent: int) -> None:
        now = time.monotonic()
        if now - self._told_at < TOLD_EVERY:
            return
        self._told_at = now
        cache.set(progress_key(self._media.pk), percent, timeout=PROGRESS_LASTS)
        emit(MediaProgress(media_id=self._media.pk, progress=percent), to=[to_user(self._media.owner_id)])
