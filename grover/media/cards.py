"""Uploads as clients see them, and the addresses of their files."""

import base64
import dataclasses
import datetime as dt
import functools
import hashlib
import hmac
import time
import uuid
from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.core.files.storage import default_storage

from grover.core.viewers import AnyViewer

VARIANT_WIDTHS = (200, 640, 1280)
RENDITIONS = {"video": "rendition.mp4", "audio": "rendition.m4a"}

PASS_WINDOW = 600  # seconds; a pass is good for one to two of them

_SIGNATURE_BYTES = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantCard:
    """A smaller copy of an image, or of the poster of a video; never wider than the original."""

    width: int
    height: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenditionCard:
    """A video or a sound as every player plays it, which begins before all of it has arrived."""

    url: str
    content_type: str
    size: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaCard:
    """An upload; its variants, blurhash and rendition are there once it is `ready`.

    `duration` is in seconds, 0 of an image; `progress` in percent. A video or a sound whose rendition
    took too long to make has none: then `url` is played.
    """

    id: uuid.UUID
    kind: Literal["image", "video", "audio"]
    state: Literal["processing", "ready", "failed"]
    content_type: str
    size: int
    width: int
    height: int
    duration: float
    progress: int
    failure: str | None
    blurhash: str
    alt_text: str
    url: str
    variants: list[VariantCard]
    rendition: RenditionCard | None
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectUploadCard:
    """Where a file is to be sent, as a form with these fields and the file as `file`, until it expires."""

    id: uuid.UUID
    url: str
    fields: dict[str, str]
    expires_at: dt.datetime


def variant_name(media_id: uuid.UUID, width: int) -> str:
    """Name the stored file of a variant; it follows from the id alone."""
    return f"{media_id}/{width}.webp"


def rendition_name(media_id: uuid.UUID, kind: str) -> str:
    """Name the stored file of what is played of a video or a sound; it follows from the id and the kind."""
    return f"{media_id}/{RENDITIONS[kind]}"


def public_url(media_id: uuid.UUID, width: int) -> str:
    """Give the address of a variant of a public upload, without asking the database."""
    return default_storage.url(variant_name(media_id, width))


def own_url(name: str) -> str:
    """Give the address at which we check who asks before a file is handed out."""
    return f"{settings.MEDIA_URL}{name}"


def with_viewer(card: MediaCard, viewer: AnyViewer) -> MediaCard:
    """Add to the addresses of restricted files a pass of this viewer, for clients that send no header.

    The pass only names the viewer: whether they may see the file is decided anew at each request.
    """
    if viewer.id is None:
        return card
    query = f"?as={viewer_pass(viewer.id)}"
    variants = [dataclasses.replace(variant, url=variant.url + query) for variant in card.variants]
    rendition = card.rendition and dataclasses.replace(card.rendition, url=card.rendition.url + query)
    return dataclasses.replace(card, url=card.url + query, variants=variants, rendition=rendition)


def viewer_pass(viewer_id: uuid.UUID) -> str:
    """Sign a viewer's id, for ten to twenty minutes."""
    window = int(time.time()) // PASS_WINDOW
    return _sign_pass(viewer_id, (window + 2) * PASS_WINDOW)


def viewer_of_pass(text: str) -> uuid.UUID | None:
    """Read whom a pass names; None when it is not ours or has expired."""
    try:
        viewer, expires, _ = text.split(".")
        viewer_id, expires_at = uuid.UUID(viewer), int(expires)
    except ValueError:
        return None
    if expires_at < time.time() or not hmac.compare_digest(
        text.encode(), _sign_pass(viewer_id, expires_at).encode()
    ):
        return None
    return viewer_id


def link_to(card: MediaCard, viewer_id: uuid.UUID, expires_at: int) -> str:
    """Give an address of the original of a restricted upload, for one viewer and until a moment in seconds.

    It is good for no other file. Whether the viewer may see it is decided anew at each request.
    """
    return f"{card.url}?for={_sign_link(viewer_id, expires_at, card.url.removeprefix(settings.MEDIA_URL))}"


def viewer_of_link(text: str, name: str) -> uuid.UUID | None:
    """Read whom a link to a file was given to; None when it is not ours, of another file, or has expired."""
    try:
        viewer, expires, _ = text.split(".")
        viewer_id, expires_at = uuid.UUID(viewer), int(expires)
    except ValueError:
        return None
    expected = _sign_link(viewer_id, expires_at, name)
    if expires_at < time.time() or not hmac.compare_digest(text.encode(), expected.encode()):
        return None
    return viewer_id


def _sign_link(viewer_id: uuid.UUID, expires_at: int, name: str) -> str:
    message = f"{viewer_id.hex}.{expires_at}"
    key = f"grover.media.link:{settings.SECRET_KEY}".encode()
    signature = hmac.digest(key, f"{message}.{name}".encode(), hashlib.sha256)[:_SIGNATURE_BYTES]
    return f"{message}.{base64.urlsafe_b64encode(signature).decode()}"


@functools.lru_cache(maxsize=10_000)
def _sign_pass(viewer_id: uuid.UUID, expires_at: int) -> str:
    message = f"{viewer_id.hex}.{expires_at}"
    key = f"grover.media.pass:{settings.SECRET_KEY}".encode()
    signature = hmac.digest(key, message.encode(), hashlib.sha256)[:_SIGNATURE_BYTES]
    return f"{message}.{base64.urlsafe_b64encode(signature).decode()}"
