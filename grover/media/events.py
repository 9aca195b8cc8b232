"""What media tells."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from grover.core.events import Event
from grover.media.cards import MediaCard


@dataclass(frozen=True, slots=True)
class MediaUploaded(Event):
    """Somebody uploaded a file."""

    media_id: uuid.UUID
    owner_id: uuid.UUID
    kind: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaProgress(Event):
    """A job is so many percent through an upload; told twice a second at most, and not for sure."""

    audience: ClassVar[str] = "the owner"

    media_id: uuid.UUID
    progress: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaReady(Event):
    """An upload has its variants and its rendition."""

    audience: ClassVar[str] = "the owner"
    unlogged: ClassVar[frozenset[str]] = frozenset({"media"})

    media_id: uuid.UUID
    media: MediaCard


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFailed(Event):
    """An upload turned out to be useless; `failure` is the code of what it failed by."""

    audience: ClassVar[str] = "the owner"

    media_id: uuid.UUID
    failure: str
