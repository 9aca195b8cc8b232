"""Starting the child, bounding it, and reading what it says; runs in our own process."""

import json
import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import grover
from grover.media.errors import BrokenFile, ClipTooLarge
from grover.media.providers.clips.limits import LIMITS, REFUSED

logger = logging.getLogger(__name__)

_ROOT = Path(grover.__file__).resolve().parent.parent
_LONGEST_LINE = 4_096
_STOPPED = (-signal.SIGKILL, -signal.SIGXCPU)


class TookTooLong(Exception):
    """The child was stopped before it was done."""


def run(
    task: str, folder: Path, container: str, report: Callable[[int], None] = lambda _: None
) -> dict[str, Any]:
    """Have a child do a task in a folder; give what it found, and report its percents on the way.

    BrokenFile when it refuses the clip or dies of it, ClipTooLarge, or TookTooLong.
    """
    with _started(task, folder, container) as process:
        said = _listen(process, report)
    if process.returncode in _STOPPED:
        raise TookTooLong
    if process.returncode == REFUSED and said.get("refused") == "too_large":
        raise ClipTooLarge
    if process.returncode != 0:
        if process.returncode != REFUSED:
            logger.warning("A child died of a clip (%s): %s", process.returncode, _last_words(folder))
        raise BrokenFile
    return said


@contextmanager
def _started(task: str, folder: Path, container: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Start the child without anything of our environment, and see that it ends."""
    command = [sys.executable, "-P", "-m", "grover.media.providers.clips", task, container]
    with (
        (folder / "errors").open("wb") as errors,
        subprocess.Popen(  # noqa: S603  all of the command is ours
            command,
            cwd=folder,
            env={"PYTHONPATH": str(_ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as process,
    ):
        deadline = threading.Timer(LIMITS[task].wall_seconds, process.kill)
        deadline.start()
        try:
            yield process
            process.wait()
        finally:
            deadline.cancel()
            process.kill()


def _listen(process: "subprocess.Popen[bytes]", report: Callable[[int], None]) -> dict[str, Any]:
    """Read until the child is silent; give the last that it said."""
    output: IO[bytes] = process.stdout  # type: ignore[assignment]
    said: dict[str, Any] = {}
    for line in iter(lambda: output.readline(_LONGEST_LINE), b""):
        try:
            said = json.loads(line)
            if "progress" in said:
                report(int(said["progress"]))
        except (TypeError, ValueError):
            process.kill()
            raise BrokenFile from None
    return said


def _last_words(folder: Path) -> str:
    return (folder / "errors").read_bytes()[-500:].decode(errors="replace")
