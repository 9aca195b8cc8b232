"""Removing many rows, in small transactions that may be run again."""

from typing import Any

from django.db.models import QuerySet

from grover.core.batches import BATCH
from grover.core.db import atomic


def erase(rows: QuerySet[Any]) -> None:
    """Remove rows on which nothing hangs."""
    while _erase_some(rows):
        pass


@atomic
def _erase_some(rows: QuerySet[Any]) -> int:
    ids = list(rows.values_list("pk", flat=True)[:BATCH])
    return rows.model._default_manager.filter(pk__in=ids).delete()[0] if ids else 0
