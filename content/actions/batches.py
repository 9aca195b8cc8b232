"""Removing many rows, in small transactions that may be run again."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from grover.core.db import atomic

BATCH = 500


def ids_of(rows: QuerySet[Any]) -> Iterator[uuid.UUID]:
    """List the ids of rows that are removed while they are listed."""
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
    while ids:
        yield from ids
        later = rows.filter(pk__gt=ids[-1]).order_by("pk")
        ids = list(later.values_list("pk", flat=True)[:BATCH])


def erase(rows: QuerySet[Any]) -> None:
    """Remove rows on which nothing hangs."""
    while _erase_some(rows):
        pass


@atomic
def _erase_some(rows: QuerySet[Any]) -> int:
    ids = list(rows.values_list("pk", flat=True)[:BATCH])
    return rows.model._default_manager.filter(pk__in=ids).delete()[0] if ids else 0
