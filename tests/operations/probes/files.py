"""Files by which a test and the processes it started tell each other how far they are."""

import os
import threading
from collections.abc import Callable
from pathlib import Path


def until(condition: Callable[[], object], *, seconds: float = 30) -> None:
    """Wait for a condition; AssertionError when it does not come true in time."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if condition():
            return
        pause.wait(0.05)
    raise AssertionError(f"not within {seconds} seconds")


def directory() -> Path:
    return Path(os.environ["PROBES"])


def tell(name: str, line: str) -> None:
    """Append a line to a file."""
    with (directory() / name).open("a") as file:
        file.write(f"{line}\n")


def told(folder: Path, name: str) -> list[str]:
    """Give the lines of a file."""
    path = folder / name
    return path.read_text().splitlines() if path.exists() else []


def work(name: str) -> None:
    """Say that it began, wait for the file `<name>.go`, say that it ended."""
    tell(name, "began")
    until((directory() / f"{name}.go").exists)
    tell(name, "ended")
