"""Transactions that mean the same on SQLite, PostgreSQL and MongoDB.

Everything that writes goes through `atomic`; everything that must wait for the commit goes through
`on_commit`. Django's own `transaction.atomic` does nothing on MongoDB and is not used anywhere else.
"""

import functools
import logging
import random
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, ParamSpec, TypeVar

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Q

P = ParamSpec("P")
R = TypeVar("R")

logger = logging.getLogger(__name__)

RETRY_SECONDS = 30.0
LONGEST_PAUSE_SECONDS = 0.1

_MONGODB_TRANSIENT_CODES = {112, 251}  # WriteConflict, NoSuchTransaction
_POSTGRESQL_TRANSIENT_STATES = {"40001", "40P01"}  # serialization failure, deadlock


class BrokenTransaction(Exception):
    """The steps of this function only work in transactions of their own."""


class _Block(threading.local):
    """The open transaction of this thread: how deep it is nested, what waits for its commit.

    Of an `atomic_whole` function it also counts the atomic functions that it called.
    """

    depth = 0
    is_whole = False
    steps_done = 0
    broken_by: BaseException | None = None

    def __init__(self) -> None:
        self.callbacks: list[Callable[[], object]] = []


_block = _Block()


def atomic(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function in one transaction, on whichever database is configured.

    An inner atomic function joins the outer one: there are no savepoints, so a database error ends
    the whole block and must not be caught inside it. The outermost function is run again when its
    transaction lost a write conflict, so it must have no effect outside the database: leave those to
    `on_commit`. Gives up after 30 seconds with the database's own error.
    """

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        if _block.depth:
            return _run_joined(functools.partial(function, *args, **kwargs))
        return _run_outermost(functools.partial(function, *args, **kwargs))

    return wrapper


def atomic_whole(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function that was written to have several transactions in a single one.

    A step is an atomic function that it calls. When one fails and the rest of the function relies on
    what came before it, or goes on, then a single transaction cannot do what several would have done:
    all is rolled back with BrokenTransaction, and the caller may run the plain function instead.
    """

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        return _run_outermost(functools.partial(_run_whole, functools.partial(function, *args, **kwargs)))

    return wrapper


def is_broken() -> bool:
    """Tell whether a step of the running `atomic_whole` function has failed."""
    return _block.broken_by is not None


def on_commit(callback: Callable[[], object]) -> None:
    """Call back once the open transaction has committed; at once when none is open."""
    if _block.depth:
        _block.callbacks.append(callback)
    else:
        callback()


def starting_with(field: str, prefix: str) -> Q:
    """Say that an indexed field begins with a prefix, so that the index of the field is used.

    PostgreSQL has one for `LIKE`, and orders by the rules of a language; the others order by code points.
    """
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": prefix})
    return Q(**{f"{field}__gte": prefix, f"{field}__lt": prefix + chr(sys.maxunicode)})


def in_atomic() -> bool:
    """Tell whether the caller stands inside an atomic function."""
    return _block.depth > 0


def _run_outermost(function: Callable[[], R]) -> R:
    deadline = time.monotonic() + RETRY_SECONDS
    attempt = 0
    while True:
        attempt += 1
        try:
            result, callbacks = _run_once(function)
            break
        except Exception as error:
            if not is_transient(error) or time.monotonic() > deadline:
                raise
            pause = random.uniform(0, min(LONGEST_PAUSE_SECONDS, 0.002 * 2**attempt))  # noqa: S311
            threading.Event().wait(pause)
    for callback in callbacks:
        _run_callback(callback)
    return result


def _run_once(function: Callable[[], R]) -> tuple[R, list[Callable[[], object]]]:
    _block.depth = 1
    _block.callbacks = []
    _block.is_whole, _block.steps_done, _block.broken_by = False, 0, None
    try:
        with _database_transaction():
            result = function()
        return result, _block.callbacks
    finally:
        _block.depth = 0
        _block.callbacks = []
        _block.is_whole, _block.broken_by = False, None


def _run_whole(function: Callable[[], R]) -> R:
    _block.is_whole = True
    try:
        result = function()
    except Exception as error:
        if _needs_steps(error):
            raise BrokenTransaction from error
        raise
    if _block.broken_by is not None:
        raise BrokenTransaction from _block.broken_by
    return result


def _needs_steps(error: Exception) -> bool:
    """Tell whether transactions of their own would have ended otherwise than this error."""
    first = _block.broken_by
    if first is None or (isinstance(first, Exception) and is_transient(first)):
        return False
    return _block.steps_done > 0 or (isinstance(error, DatabaseError) and error is not first)


def _run_joined(function: Callable[[], R]) -> R:
    is_step = _block.is_whole and _block.depth == 1
    if is_step and _block.broken_by is not None:
        raise BrokenTransaction from _block.broken_by
    _block.depth += 1
    try:
        result = function()
    except BaseException as error:
        if is_step:
            _block.broken_by = error
        raise
    finally:
        _block.depth -= 1
    if is_step:
        _block.steps_done += 1
    return result


def _run_callback(callback: Callable[[], object]) -> None:
    """Run what waited for the commit; the data is safe by now, so a failure is logged, not raised."""
    try:
        callback()
    except Exception:
        logger.exception("A callback after the commit failed: %r", callback)


def _database_transaction() -> AbstractContextManager[object]:
    if connection.vendor == "mongodb":
        from django_mongodb_backend.transaction import atomic as mongodb_atomic  # optional driver

        opened: AbstractContextManager[object] = mongodb_atomic()
        return opened
    return transaction.atomic()


def is_transient(error: Exception) -> bool:
    """Tell whether an error of the database only says that another transaction was faster."""
    if isinstance(error, IntegrityError):
        return False
    cause = error.__cause__ if isinstance(error, DatabaseError) else error
    if getattr(cause, "sqlstate", None) in _POSTGRESQL_TRANSIENT_STATES:
        return True
    if type(cause).__module__.startswith("pymongo") and _is_transient_of_mongodb(cause):
        return True
    return isinstance(error, DatabaseError) and "database is locked" in str(error)


def _is_transient_of_mongodb(error: Any) -> bool:
    """Look for a write conflict, also in what the driver gives as the errors of many writes."""
    details = error.details if isinstance(getattr(error, "details", None), dict) else {}
    codes = {getattr(error, "code", None), *(one.get("code") for one in details.get("writeErrors", ()))}
    return bool(codes & _MONGODB_TRANSIENT_CODES) or error.has_error_label("TransientTransactionError")
