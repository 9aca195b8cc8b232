"""Videos and sounds, as media sees them.

An upload is copied at once into a container without metadata; a job makes of it what every player
plays. Both happen in a child, which alone parses what people send.
"""

import contextlib
import dataclasses
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, ClassVar

from grover.media.enums import MediaKind
from grover.media.errors import BrokenFile
from grover.media.providers.base import Derived, Normal, Rendition
from grover.media.providers.clips import child
from grover.media.providers.clips.limits import POSTER, SOURCE
from grover.media.providers.images import Images

AT_ONCE = 2  # children of one process that read uploads, beside those of jobs

_VIDEOS = {
    "video/mp4": "mp4",
    "video/x-m4v": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
}
_SOUNDS = {
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/x-wav": "wav",
    "audio/ogg": "ogg",
}
_TYPES = {
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "weba": "audio/webm",
}
_CONTAINERS = {content_type: container for container, content_type in _TYPES.items()}
_NAMED = {"weba": "webm"}  # by which a provider knows it

_children = threading.BoundedSemaphore(AT_ONCE)


class Videos:
    """MP4, MOV and WebM; one without pictures is a sound, as recorders of browsers write it."""

    kind: ClassVar[MediaKind] = MediaKind.VIDEO
    content_types: ClassVar[frozenset[str]] = frozenset(_VIDEOS)

    def normalise(self, file: IO[bytes], content_type: str) -> Normal:
        """Copy the first picture track and the first sound track into a fresh container."""
        return _normalise(file, _VIDEOS[content_type])

    def derive(self, file: IO[bytes], content_type: str, report: Callable[[int], None]) -> Derived:
        """Make an MP4 that starts before it is loaded, the copies of a poster, and its blurhash.

        What cannot be rendered in time keeps its poster and has no rendition: the original plays.
        """
        with _folder_with(file) as folder:
            try:
                size = child.run("render", folder, _CONTAINERS[content_type], report)
                rendition = _rendition(folder, "mp4", size)
            except child.TookTooLong:
                rendition = None
            return dataclasses.replace(_poster(folder), rendition=rendition)


class Sounds:
    """MP3, M4A, WAV and Ogg."""

    kind: ClassVar[MediaKind] = MediaKind.AUDIO
    content_types: ClassVar[frozenset[str]] = frozenset(_SOUNDS)

    def normalise(self, file: IO[bytes], content_type: str) -> Normal:
        """Copy the first sound track into a fresh container."""
        return _normalise(file, _SOUNDS[content_type])

    def derive(self, file: IO[bytes], content_type: str, report: Callable[[int], None]) -> Derived:
        """Make an M4A that starts before it is loaded; none of what takes too long."""
        with _folder_with(file) as folder:
            try:
                size = child.run("render", folder, _CONTAINERS[content_type], report)
            except child.TookTooLong:
                return Derived({}, "")
            return Derived({}, "", _rendition(folder, "m4a", size))


@contextlib.contextmanager
def _folder_with(file: IO[bytes]) -> Iterator[Path]:
    """Give a child the file in a folder of its own; what is opened there outlives the folder."""
    with tempfile.TemporaryDirectory(prefix="grover-clip-") as name:
        folder = Path(name)
        with (folder / SOURCE).open("wb") as source:
            shutil.copyfileobj(file, source)
        yield folder


def _normalise(file: IO[bytes], container: str) -> Normal:
    with _children, _folder_with(file) as folder:
        try:
            found = child.run("remux", folder, container)
        except child.TookTooLong:
            raise BrokenFile from None
        target = _opened(folder / "target")
        return Normal(
            file=target,
            size=_size_of(target),
            content_type=_TYPES[found["container"]],
            extension=_NAMED.get(found["container"], found["container"]),
            width=found["width"],
            height=found["height"],
            kind=MediaKind(found["kind"]),
            duration=found["duration"],
        )


def _rendition(folder: Path, extension: str, size: dict[str, Any]) -> Rendition:
    file = _opened(folder / "rendition")
    return Rendition(
        file=file,
        size=_size_of(file),
        content_type=_TYPES[extension],
        width=size["width"],
        height=size["height"],
    )


def _poster(folder: Path) -> Derived:
    with _opened(folder / POSTER) as poster:
        return Images().derive(poster)


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise BrokenFile from None


def _size_of(file: IO[bytes]) -> int:
    size = file.seek(0, 2)
    file.seek(0)
    return size
