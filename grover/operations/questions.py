"""Questions that may hang: asked in a thread, and waited for no longer than a deadline."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from django.db import connections

T = TypeVar("T")


class Question(Generic[T]):
    """Something to find out; while one asking hangs, it is not asked again.

    So a dead service costs one thread, however often its state is asked for. The threads are daemons:
    none keeps the process from ending.
    """

    def __init__(self, find_out: Callable[[], T]) -> None:
        self._find_out = find_out
        self._lock = threading.Lock()
        self._asked: Future[T] | None = None

    def start(self) -> "Future[T]":
        """Ask, unless it is being asked already; `result(timeout=…)` of what this gives waits."""
        with self._lock:
            if self._asked is None or self._asked.done():
                self._asked = Future()
                threading.Thread(target=self._run, args=(self._asked,), name="question", daemon=True).start()
            return self._asked

    def _run(self, asked: "Future[T]") -> None:
        try:
            answer = self._find_out()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the one who waits is told
            connections.close_all()
            asked.set_exception(error)
        else:
            connections.close_all()
            asked.set_result(answer)
