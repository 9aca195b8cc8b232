"""Emptying a test database of what a test left that was not rolled back.

Django would empty every table, then make all content types and permissions anew: ten times as slow. On
PostgreSQL it would truncate, which needs each table for itself and so runs into deadlocks with a server
that a test started and that still reads.
"""

from typing import Any

from django.db import connection, transaction

KEPT = {"django_migrations", "django_content_type", "auth_permission"}  # written by migrations alone


def delete_leftovers(test_case: Any = None) -> None:
    """Delete the rows or documents of every table that has some."""
    if connection.vendor == "mongodb":
        _empty_collections()
    else:
        _empty_tables()


def _empty_collections() -> None:
    for name in connection.introspection.table_names():
        collection = connection.database[name]  # type: ignore[attr-defined]
        if name not in KEPT and collection.find_one({}, {"_id": 1}) is not None:
            collection.delete_many({})


def _empty_tables() -> None:
    names = sorted(set(connection.introspection.django_table_names()) - KEPT)
    quote = connection.ops.quote_name
    filled = " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quote(name)})" for name in names
    )
    with transaction.atomic(), connection.cursor() as cursor:  # references are checked at its end
        cursor.execute(filled)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {quote(name)}")
