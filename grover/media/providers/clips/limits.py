"""What a child may use, known to it and to whoever waits for it."""

from dataclasses import dataclass

MIB = 1024 * 1024

LONGEST_SECONDS = 3_600
LONGEST_SIDE = 4_096
MOST_STREAMS = 16
RENDITION_WIDTH = 1_280

SOURCE = "source"  # the files that both know, in a folder of their own
POSTER = "poster.png"

REFUSED = 3  # the exit status that says: the reason is in the last line


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a task may take, of each sort; `wall_seconds` are kept by the parent."""

    memory_bytes: int
    file_bytes: int
    wall_seconds: float


LIMITS = {
    "remux": Limits(memory_bytes=1_536 * MIB, file_bytes=64 * MIB, wall_seconds=25),
    "render": Limits(memory_bytes=3_072 * MIB, file_bytes=512 * MIB, wall_seconds=500),
}
