"""Posts by words on MongoDB: an index with an entry for each word of each post, newest first.

A text index of MongoDB finds what has any of the words, and only in the order of its own scores, so that
all matches of a common word would be read for each page. This one is walked from its newest end.
"""

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection

from content.models import IndexedPost, Post
from content.selectors.matches import COUNTERS, Match, Reader


class Index:
    """The words of posts in MongoDB."""

    def newest(
        self, words: Sequence[str], reader: Reader, *, before: uuid.UUID | None, limit: int
    ) -> list[Match]:
        conditions: list[dict[str, Any]] = [{"words": {"$all": list(words)}}, *_visible(reader)]
        if before is not None:
            conditions.append({"post_id": {"$lt": before.hex}})
        collection = connection.database[IndexedPost._meta.db_table]  # type: ignore[attr-defined]
        found = (
            collection.find({"$and": conditions}, {"post_id": 1, "words": 1}).sort("post_id", -1).limit(limit)
        )
        texts = {uuid.UUID(entry["post_id"]): entry["words"] for entry in found}
        rows = Post.objects.filter(pk__in=list(texts)).values_list("pk", *COUNTERS)
        counts = {row[0]: row[1:] for row in rows}
        return [Match(key, texts[key], *counts[key]) for key in texts if key in counts]


def _visible(reader: Reader) -> list[dict[str, Any]]:
    shunned = {"author_id": {"$nin": _stored(reader.shuns)}}
    if reader.id is None:
        return [{"is_listed": True}, shunned]
    seen: list[dict[str, Any]] = [
        {"is_listed": True},
        {"author_id": reader.id.hex},
        {"members_of": {"$in": _stored(reader.member_of)}},
        {"members_of": None, "is_private": False, "author_id": {"$in": _stored(reader.follows)}},
    ]
    return [{"$or": seen}, shunned]


def _stored(ids: Collection[uuid.UUID]) -> list[str]:
    """Write ids as the database holds them."""
    return [key.hex for key in ids]
