"""Posts by words on SQLite: a full-text table (FTS5), which triggers keep true."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.db.models.expressions import RawSQL

from content.models import IndexedPost
from content.selectors.matches import COUNTERS, Match, Reader

_WITH_WORDS = """
    SELECT number.post_id
    FROM content_postwords AS found
    JOIN content_postnumber AS number ON number.number = found.rowid
    WHERE found.words MATCH %s
"""


class Index:
    """The words of posts in SQLite."""

    def newest(
        self, words: Sequence[str], reader: Reader, *, before: uuid.UUID | None, limit: int
    ) -> list[Match]:
        query = " AND ".join(f'"{word}"' for word in words)  # letters and digits, nothing else
        rows = IndexedPost.objects.filter(post_id__in=RawSQL(_WITH_WORDS, [query])).filter(_visible(reader))  # noqa: S611
        if before is not None:
            rows = rows.filter(post_id__lt=before)
        names = ("post__id", "words", *(f"post__{name}" for name in COUNTERS))
        found: list[tuple[Any, ...]] = list(rows.order_by("-post_id").values_list(*names)[:limit])
        return [Match(*row) for row in found]


def _visible(reader: Reader) -> Q:
    seen = Q(is_listed=True)
    if reader.id is not None:
        seen |= Q(author_id=reader.id) | Q(members_of__in=list(reader.member_of))
        seen |= Q(members_of=None, is_private=False, author_id__in=list(reader.follows))
    return seen & ~Q(author_id__in=list(reader.shuns))
