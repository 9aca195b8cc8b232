"""Parts of files, as players ask for them: one range of bytes (RFC 9110, section 14)."""

import re
from dataclasses import dataclass
from typing import IO

from grover.media.errors import RangeNotSatisfiable

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """A range of the bytes of a file, which it lies within."""

    start: int
    length: int
    size: int

    @property
    def content_range(self) -> str:
        """Write it as the header of that name."""
        return f"bytes {self.start}-{self.start + self.length - 1}/{self.size}"


def span_of(header: str | None, size: int) -> Span | None:
    """Read which part of a file is asked for; None for the whole.

    Several ranges at once, and what is no range, are answered by the whole file, as the standard allows.
    RangeNotSatisfiable when the range has nothing of the file.
    """
    match = _RANGE.fullmatch((header or "").replace(" ", ""))
    if match is None or match[1] == match[2] == "":
        return None
    first, last = match[1], match[2]
    if first and last and int(last) < int(first):
        return None
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start > end:
        raise RangeNotSatisfiable(headers={"Content-Range": f"bytes */{size}"})
    return Span(start, end - start + 1, size)


class Part:
    """A range of an open file, read as if it were a file of its own."""

    def __init__(self, file: IO[bytes], span: Span) -> None:
        file.seek(span.start)
        self._file = file
        self._left = span.length

    def read(self, size: int = -1) -> bytes:
        """Read so many bytes at most, of what is left of the range."""
        wanted = self._left if size < 0 else min(size, self._left)
        found = self._file.read(wanted)
        self._left -= len(found)
        return found

    def close(self) -> None:
        """Close the file."""
        self._file.close()
