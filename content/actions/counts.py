"""Counters: changed by just what changed in the rows they count, in the same transaction.

Whoever writes rows changes the counters in the same atomic function, by the number of rows that really
came or went. Two actions that race for one row are told apart by the database; the loser runs again.

An action reads and decides before its transaction, and its first write is the counter, which many want
at once: so it is held as shortly as can be, and on MongoDB, where a transaction that meets another's
write is broken off, a vain attempt is cheap. All take a post before its comments before what hangs on
those, so no two wait for each other.
"""

import functools
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

from django.db import IntegrityError
from django.db.models import F

from content.models import Comment, CommentReaction, Post, PostReaction
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


def count_on_post(post_id: uuid.UUID, **by: int) -> None:
    """Change counters of a post; LostRace when it is gone."""
    _count(Post, post_id, by)


def count_on_comment(comment_id: uuid.UUID, **by: int) -> None:
    """Change counters of a comment; LostRace when it is gone."""
    _count(Comment, comment_id, by)


def _count(table: type[Post] | type[Comment], key: uuid.UUID, by: dict[str, int]) -> None:
    changes: dict[str, Any] = {name: F(name) + number for name, number in by.items() if number}
    if changes and table._default_manager.filter(pk=key).update(**changes) != 1:
        raise LostRace


def reaction_of(
    table: type[PostReaction] | type[CommentReaction], user_id: uuid.UUID, **thing: uuid.UUID
) -> str | None:
    """Find how somebody reacts to a thing."""
    rows = table._default_manager.filter(user_id=user_id, **thing)
    return rows.values_list("kind", flat=True).first()


def replace_reaction(
    table: type[PostReaction] | type[CommentReaction],
    user_id: uuid.UUID,
    *,
    before: str | None,
    after: str | None,
    **thing: uuid.UUID,
) -> None:
    """Turn somebody's reaction, or none, into another one or none; LostRace when it is not as before."""
    if before is None:
        if after is not None:
            table._default_manager.create(user_id=user_id, kind=after, **thing)
        return
    same = table._default_manager.filter(user_id=user_id, kind=before, **thing)
    changed = same.delete()[0] if after is None else same.update(kind=after)
    if changed != 1:
        raise LostRace


def reaction_steps(before: str | None, after: str | None) -> dict[str, int]:
    """Give by how much each counter changes when a reaction becomes another."""
    if before == after:
        return {}
    steps = {"reaction_count": (after is not None) - (before is not None)}
    if before is not None:
        steps[f"{before}_count"] = -1
    if after is not None:
        steps[f"{after}_count"] = 1
    return steps
