"""What a server must not be started with that shows only once its database is asked."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from grover.operations.questions import Question

ANSWER_SECONDS = 15
NO_REPLICA_SET = "MongoDB at DATABASE_URL is no replica set, and only those have transactions"
REPLICA_SET_HINT = (
    "start mongod with --replSet rs0, run rs.initiate() once, add ?replicaSet=rs0 to DATABASE_URL"
)


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """End the process with one line, not a traceback, when it is configured wrongly."""
    try:
        yield
    except ImproperlyConfigured as error:
        sys.exit(f"grover: {error}")


def refuse_unfit_database() -> None:
    """Raise ImproperlyConfigured when the database cannot do what the code relies on.

    One that does not answer is not refused: readiness tells of it, and it may come back.
    """
    question = Question(_has_transactions)  # in a thread, for a server may import this inside its loop
    if not question.start().result(timeout=ANSWER_SECONDS):
        raise ImproperlyConfigured(f"{NO_REPLICA_SET}: {REPLICA_SET_HINT}")


def check_database(databases: Sequence[str] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Let `migrate` and `check --database default` refuse it as well."""
    if not databases or _has_transactions():
        return []
    return [checks.Error(NO_REPLICA_SET, hint=REPLICA_SET_HINT, id="operations.E001")]


def _has_transactions() -> bool:
    if connection.vendor != "mongodb":
        return True
    from pymongo.errors import PyMongoError  # only servers on MongoDB need it

    try:
        answer = connection.database.command("hello")  # type: ignore[attr-defined]
    except PyMongoError:
        return True
    return "setName" in answer or answer.get("msg") == "isdbgrid"
