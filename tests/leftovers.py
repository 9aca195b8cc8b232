"""Emptying a test database of what a test left that was not rolled back.

Django would empty every table, then make all content types and permissions anew: ten times as slow. On
PostgreSQL it would truncate, which needs each table for itself and so runs into deadlocks with a server
that a test started and that still reads. On MongoDB nothing is rolled back, so every test leaves something.
"""

from django.conf import settings
from django.db import connection
from django.test import TestCase, TransactionTestCase
from pymongo import monitoring

from grover.core.db import atomic

KEPT = {"django_migrations", "django_content_type", "auth_permission"}  # written by migrations alone
WRITING = ("insert", "update", "findAndModify")


class _Written(monitoring.CommandListener):
    """Notes to which collections this process wrote, on whichever connection."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name in WRITING:
            self.names.add(event.command[event.command_name])

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


_written = _Written()


def delete_leftovers_alone() -> None:
    """Have tests leave an empty database by deleting what they left, and nothing else."""
    TransactionTestCase._fixture_teardown = _delete_leftovers  # type: ignore[attr-defined]
    if settings.IS_MONGODB:
        monitoring.register(_written)


def _delete_leftovers(test_case: TransactionTestCase) -> None:
    if settings.IS_MONGODB:
        _empty_collections(only_written=isinstance(test_case, TestCase))
    else:
        _empty_tables()


def _empty_collections(*, only_written: bool) -> None:
    """Empty what this process wrote to, or all: other processes write in tests that must see commits."""
    names = _written.names if only_written else connection.introspection.table_names()
    for name in sorted(set(names) - KEPT):
        collection = connection.database[name]  # type: ignore[attr-defined]
        if only_written or collection.find_one({}, {"_id": 1}) is not None:
            collection.delete_many({})
    _written.names.clear()


@atomic
def _empty_tables() -> None:
    names = sorted(set(connection.introspection.django_table_names()) - KEPT)
    quote = connection.ops.quote_name
    filled = " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quote(name)})" for name in names
    )
    with connection.cursor() as cursor:  # references are checked at the end of the transaction
        cursor.execute(filled)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {quote(name)}")
