"""What an action does when another one was faster.

Two actions that race for one row are told apart by the database; the loser runs again. Threads of one
process may also take turns beforehand, which saves the vain attempts.
"""

import functools
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from django.db import IntegrityError

from grover.core.errors import Conflict

P = ParamSpec("P")
R = TypeVar("R")

MOST_ATTEMPTS = 50
TURN_SECONDS = 10.0

_turns = tuple(threading.Lock() for _ in range(256))


class LostRace(Exception):
    """Another action changed the row first; nothing of this one must stay."""


def settled(function: Callable[P, R]) -> Callable[P, R]:
    """Run an action again when another one was faster; Conflict when it never wins.

    The database's own refusal of a second row is caught out here, after the transaction has ended, so
    the action must not stand inside a transaction of its caller's.
    """

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(MOST_ATTEMPTS):
            try:
                return function(*args, **kwargs)
            except (IntegrityError, LostRace) as error:
                lost: Exception = error
        raise Conflict from lost

    return wrapper


@contextmanager
def turn(thing_id: uuid.UUID) -> Iterator[None]:
    """Let threads of this process that want one thing's counters go one after another.

    The database alone keeps the counters exact, whoever goes first and even if nobody waits. Waiting
    here costs nothing; there it costs a connection each, and on MongoDB a broken transaction for all
    but one. Nobody waits for ever, and nobody takes two turns at once.
    """
    lock = _turns[thing_id.int % len(_turns)]
    is_ours = lock.acquire(timeout=TURN_SECONDS)
    try:
        yield
    finally:
        if is_ours:
            lock.release()
