"""What media tells."""

import uuid
from dataclasses import dataclass

from grover.core.events import Event


@dataclass(frozen=True, slots=True)
class MediaUploaded(Event):
    """Somebody uploaded a file."""

    media_id: uuid.UUID
    owner_id: uuid.UUID
    kind: str
    size: int


@dataclass(frozen=True, slots=True)
class MediaProcessed(Event):
    """An upload has its variants."""

    media_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class MediaFailed(Event):
    """An upload turned out to be useless."""

    media_id: uuid.UUID
