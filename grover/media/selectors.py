"""What is read of uploads."""

import dataclasses
import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.core.cache import cache
from django.core.files.storage import default_storage

from grover.core import caching
from grover.core.errors import Forbidden, NotFound
from grover.core.viewers import AnyViewer, Viewer
from grover.media.cards import MediaCard, RenditionCard, VariantCard, own_url, with_viewer
from grover.media.enums import MediaAccess, MediaState
from grover.media.models import Media
from grover.media.ports import may_view_attached


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of an upload, and what decides who may fetch it."""

    name: str
    content_type: str
    is_restricted: bool


def media_by_id(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, MediaCard]:
    """Read uploads in one query, whoever asks: the caller has decided that they may be seen."""
    if not ids:
        return {}
    return {media.pk: card_of(media) for media in Media.objects.filter(pk__in=set(ids))}


def places_of(owner_id: uuid.UUID, *, kind: str) -> list[str]:
    """List what somebody's uploads hang on, of one kind of thing such as `post`, in one query."""
    rows = Media.objects.filter(owner_id=owner_id, attached_to__startswith=f"{kind}:").order_by("pk")
    return list(rows.values_list("attached_to", flat=True))


def get_media(viewer: Viewer, media_id: uuid.UUID) -> MediaCard:
    """Read one upload; NotFound when it is neither the viewer's own nor shown to them."""
    media = Media.objects.filter(pk=media_id).first()
    if media is None or not may_view(media, viewer):
        raise NotFound
    card = card_of(media)
    if media.state == MediaState.PROCESSING:
        card = dataclasses.replace(card, progress=cache.get(progress_key(media_id), 0))
    return with_viewer(card, viewer) if media.access != MediaAccess.PUBLIC else card


def progress_key(media_id: uuid.UUID) -> str:
    """Name where a job leaves how many percent of an upload are done: in the cache, to be forgotten."""
    return f"media_progress:{media_id}"


def own_media(viewer: Viewer, media_id: uuid.UUID) -> Media:
    """Read the row of the viewer's own upload for an action on it; Forbidden when they only see it."""
    media = Media.objects.filter(pk=media_id).first()
    if media is None or not may_view(media, viewer):
        raise NotFound
    if media.owner_id != viewer.id:
        raise Forbidden
    return media


def may_view(media: Media, viewer: AnyViewer) -> bool:
    """Tell whether the viewer may see an upload that is not withheld: the owner, and whom it is shown to."""
    if media.access == MediaAccess.WITHHELD:
        return False
    if viewer.id == media.owner_id:
        return True
    if not media.attached_to:
        return False
    if media.access == MediaAccess.PUBLIC:
        return True
    return any(may_view_attached.call(media.attached_to, media.owner_id, viewer))


def stored_file(media_id: uuid.UUID, file_name: str, viewer: AnyViewer) -> StoredFile:
    """Find a file that the viewer may fetch; NotFound when there is none or they may not."""
    media = caching.remember(f"media:{media_id}", lambda: _read_media(media_id))
    types = {media.file_name: media.content_type}
    types |= {variant["name"]: "image/webp" for variant in media.variants.values()}
    if media.rendition:
        types[media.rendition["name"]] = media.rendition["content_type"]
    name = f"{media_id}/{file_name}"
    is_restricted = media.access != MediaAccess.PUBLIC
    if name not in types or (is_restricted and not may_view(media, viewer)):
        raise NotFound
    return StoredFile(name, types[name], is_restricted)


def _read_media(media_id: uuid.UUID) -> tuple[Media, Iterable[str], int]:
    media = Media.objects.filter(pk=media_id).first()
    if media is None:
        raise NotFound
    return media, [f"media:{media_id}"], 2_000


def files_of(owner_id: uuid.UUID) -> list[tuple[str, str]]:
    """List the originals that somebody uploaded: a name for people, and that in the storage."""
    rows = Media.objects.filter(owner_id=owner_id).order_by("id").values_list("pk", "file_name")
    return [(f"{media_id}.{name.rpartition('.')[2]}", name) for media_id, name in rows]


def card_of(media: Media) -> MediaCard:
    """Show an upload; the addresses of a restricted one lead to us, where each request is checked."""
    url = default_storage.url if media.access == MediaAccess.PUBLIC else own_url
    variants = [
        VariantCard(width=variant["width"], height=variant["height"], url=url(variant["name"]))
        for _, variant in sorted(media.variants.items(), key=lambda item: int(item[0]))
    ]
    return MediaCard(
        id=media.pk,
        kind=media.kind,  # type: ignore[arg-type]
        state=media.state,  # type: ignore[arg-type]
        content_type=media.content_type,
        size=media.size,
        width=media.width,
        height=media.height,
        duration=media.duration,
        progress=100 if media.state == MediaState.READY else 0,
        failure=media.failure or None,
        blurhash=media.blurhash,
        alt_text=media.alt_text,
        url=url(media.file_name),
        variants=variants,
        rendition=_rendition_card(media, url) if media.rendition else None,
        created_at=media.created_at,
    )


def _rendition_card(media: Media, url: Callable[[str], str]) -> RenditionCard:
    played = media.rendition
    return RenditionCard(
        url=url(played["name"]),
        content_type=played["content_type"],
        size=played["size"],
        width=played["width"],
        height=played["height"],
    )
