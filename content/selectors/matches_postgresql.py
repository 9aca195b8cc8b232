"""Posts by words on PostgreSQL: a `tsvector` of the words under a GIN index.

GIN knows no order: for a word in a third of a million posts it would give them all, to be sorted. So the
newest posts are looked through first, which finds what is common at once; only what is too rare to fill
the page from them, and so has few matches, is asked of the index.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection

from content.models import IndexedPost, Post
from content.selectors.matches import COUNTERS, Match, Reader

LOOKED_THROUGH = 20_000

_INDEX, _POST = IndexedPost._meta.db_table, Post._meta.db_table
_VISIBLE = """
    (
        {0}.is_listed
        OR {0}.author_id = %(reader)s
        OR {0}.members_of = ANY(%(member_of)s::uuid[])
        OR (
            {0}.members_of IS NULL AND NOT {0}.is_private
            AND {0}.author_id = ANY(%(follows)s::uuid[])
        )
    )
    AND {0}.author_id <> ALL(%(shuns)s::uuid[])
"""
_COUNTERS = ", ".join(f"post.{name}" for name in COUNTERS)
_FIND = f"""
    WITH near AS MATERIALIZED (
        SELECT newest.post_id
        FROM (
            SELECT * FROM {_INDEX} WHERE post_id < %(before)s ORDER BY post_id DESC LIMIT {LOOKED_THROUGH}
        ) AS newest
        WHERE newest.vector @@ %(query)s::tsquery AND {_VISIBLE.format("newest")}
        LIMIT %(limit)s
    ),
    far AS MATERIALIZED (
        SELECT entry.post_id
        FROM {_INDEX} AS entry
        WHERE (SELECT count(*) FROM near) < %(limit)s
            AND entry.vector @@ %(query)s::tsquery
            AND entry.post_id < %(before)s
            AND {_VISIBLE.format("entry")}
    ),
    found AS MATERIALIZED (
        SELECT post_id FROM near UNION SELECT post_id FROM far ORDER BY post_id DESC LIMIT %(limit)s
    )
    SELECT post.id, entry.words, {_COUNTERS}
    FROM found
    JOIN {_INDEX} AS entry ON entry.post_id = found.post_id
    JOIN {_POST} AS post ON post.id = found.post_id
    ORDER BY post.id DESC
"""  # noqa: S608  the tables' names are ours
_AFTER_ALL = uuid.UUID(int=2**128 - 1)


class Index:
    """The words of posts in PostgreSQL."""

    def newest(
        self, words: Sequence[str], reader: Reader, *, before: uuid.UUID | None, limit: int
    ) -> list[Match]:
        parameters = {
            "query": " & ".join(f"'{word}'" for word in words),  # letters and digits, nothing else
            "reader": reader.id,
            "follows": list(reader.follows),
            "member_of": list(reader.member_of),
            "shuns": list(reader.shuns),
            "before": before or _AFTER_ALL,
            "limit": limit,
        }
        with connection.cursor() as cursor:
            cursor.execute(_FIND, parameters)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return [Match(post_id, text.split(), *counts) for post_id, text, *counts in rows]
