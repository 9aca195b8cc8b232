"""What a kind of upload must be able to do, and what goes in and out."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO, ClassVar, Protocol

from grover.media.enums import MediaKind


@dataclass(frozen=True, slots=True)
class Normal:
    """An upload made safe: written anew by us, with nothing in it but what is seen or heard."""

    file: IO[bytes]
    size: int
    content_type: str
    extension: str
    width: int
    height: int
    kind: MediaKind
    duration: float = 0.0


@dataclass(frozen=True, slots=True)
class Copy:
    """A smaller copy of an image, or of the picture that stands for a video."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Rendition:
    """A video or a sound as every player plays it, from its first bytes on."""

    file: IO[bytes]
    size: int
    content_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Derived:
    """What is made of an upload later: smaller copies by their nominal width, and a blurred preview.

    Also what is played of a video or a sound, unless it could not be made in time.
    """

    copies: dict[int, Copy]
    blurhash: str
    rendition: Rendition | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A file that a storage made of another one, and keeps."""

    size: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Form:
    """What a client sends a file with, straight to the storage."""

    url: str
    fields: dict[str, str]
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Received:
    """A file that the storage received from a client."""

    extension: str
    size: int
    width: int
    height: int
    duration: float


class FileKind(Protocol):
    """Reads one kind of file; raises BrokenFile, ImageTooLarge or ClipTooLarge."""

    kind: ClassVar[MediaKind]
    content_types: ClassVar[frozenset[str]]

    def normalise(self, file: IO[bytes], content_type: str) -> Normal:
        """Read a file whose first bytes say this content type, and write it anew."""

    def derive(self, file: IO[bytes], content_type: str, report: Callable[[int], None]) -> Derived:
        """Make what goes with a file that `normalise` wrote; report how many percent are done."""


class ClipMaker(Protocol):
    """A storage that makes what goes with a video or a sound by itself, under names of ours."""

    def make_poster(self, source: str, target: str, width: int) -> Made:
        """Make a picture of a video, at most so wide."""

    def make_rendition(self, source: str, target: str) -> Made:
        """Make what every player plays, at most as wide as our own."""


class DirectStorage(Protocol):
    """A storage that takes files from clients by itself, and writes them anew without metadata."""

    def form_for(self, name: str, formats: Sequence[str]) -> Form:
        """Sign what lets a client store one file of these formats under a name, once."""

    def received(self, name: str) -> Received:
        """Tell what is stored under a name; FileNotFoundError when nothing is."""
