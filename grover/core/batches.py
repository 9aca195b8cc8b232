"""Walking through a table in parts, in the order of its ids, while others change it."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

BATCH = 500


def batches_of_ids(rows: QuerySet[Any]) -> Iterator[list[uuid.UUID]]:
    """List the ids of rows by the five hundred, a query each; rows may be removed meanwhile."""
    keys = rows.order_by("pk").values_list("pk", flat=True)
    ids = list(keys[:BATCH])
    while ids:
        yield ids
        ids = list(keys.filter(pk__gt=ids[-1])[:BATCH])


def ids_of(rows: QuerySet[Any]) -> Iterator[uuid.UUID]:
    """List the ids of rows one by one, read as `batches_of_ids` does."""
    for ids in batches_of_ids(rows):
        yield from ids
