"""Periodic jobs: how one is declared, and a clock for servers that have no beat."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import close_old_connections


@dataclass(frozen=True, slots=True)
class Periodic:
    """A task without arguments that is run every so many seconds."""

    task: str
    every: float


class EmbeddedClock:
    """Starts the periodic jobs in a thread of a development server."""

    def __init__(self, schedule: Sequence[Periodic], start: Callable[[str], object]) -> None:
        self._start = start
        self._due = {entry: time.monotonic() + entry.every for entry in schedule}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clock", daemon=True)

    def start(self) -> None:
        """Begin; each job is first run when its pause has passed once."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for a job that is running."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(max(0.0, min(self._due.values()) - time.monotonic())):
            for entry, due in self._due.items():
                if due <= time.monotonic():
                    self._start(entry.task)
                    self._due[entry] = time.monotonic() + entry.every
            close_old_connections()
