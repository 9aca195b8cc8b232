"""What a kind of upload must be able to do, and what goes in and out."""

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


@dataclass(frozen=True, slots=True)
class Copy:
    """A smaller copy of an upload."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Derived:
    """What is made of an upload later: smaller copies by their nominal width, and a blurred preview."""

    copies: dict[int, Copy]
    blurhash: str


class FileKind(Protocol):
    """Reads one kind of file; raises BrokenFile, or TooLarge of its own sort."""

    kind: ClassVar[MediaKind]
    content_types: ClassVar[frozenset[str]]

    def normalise(self, file: IO[bytes], content_type: str) -> Normal:
        """Read a file whose first bytes say this content type, and write it anew."""

    def derive(self, file: IO[bytes]) -> Derived:
        """Make the copies and the preview of a file that `normalise` wrote."""
