"""Emptying a test database of MongoDB, which has no transaction to roll a whole test back in."""

from typing import Any

from django.db import connection

KEPT = {"django_migrations", "django_content_type", "auth_permission"}  # written by migrations alone


def empty_collections(test_case: Any = None) -> None:
    """Delete the documents a test left.

    Django would delete from every collection and then make all permissions anew: ten times as slow.
    """
    for name in connection.introspection.table_names():
        collection = connection.database[name]  # type: ignore[attr-defined]
        if name not in KEPT and collection.find_one({}, {"_id": 1}) is not None:
            collection.delete_many({})
