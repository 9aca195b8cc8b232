"""How PostgreSQL finds the newest posts of several authors.

Given `author_id IN (…) ORDER BY id LIMIT n` it either sorts all posts of the authors or walks all
posts of everybody. Here it looks at the newest of each author in the index on (author, id), and then only
at what can be on the page, so the cost is that of the authors and the page, however many posts there are.
What the viewer did to the posts of the page is looked up on the way.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from content.cards import PostMarks
from content.enums import Visibility
from content.models import Post, PostReaction, SavedPost
from content.selectors.marks import NO_MARKS, PostsWithMarks

_POST, _REACTION, _SAVED = (table._meta.db_table for table in (Post, PostReaction, SavedPost))
_SHOWN = """
    own.author_id = author.id
    AND own.id < %(before)s
    AND (own.visibility <> %(private)s OR own.author_id = %(viewer)s)
"""
# The newest of each author come first; the page cannot reach below the last of as many as it holds.
_NEWEST = f"""
    WITH author AS MATERIALIZED (
        SELECT unnest(%(authors)s::uuid[]) AS id
    ),
    head AS MATERIALIZED (
        SELECT newest.id
        FROM author
        CROSS JOIN LATERAL (
            SELECT own.id FROM {_POST} AS own WHERE {_SHOWN} ORDER BY own.id DESC LIMIT 1
        ) AS newest
    ),
    floor AS MATERIALIZED (
        SELECT coalesce(
            (SELECT head.id FROM head ORDER BY head.id DESC OFFSET %(limit)s - 1 LIMIT 1), %(first)s
        ) AS id
    ),
    page AS MATERIALIZED (
        SELECT newest.id
        FROM author
        CROSS JOIN floor
        CROSS JOIN LATERAL (
            SELECT own.id FROM {_POST} AS own
            WHERE {_SHOWN} AND own.id >= floor.id
            ORDER BY own.id DESC
            LIMIT %(limit)s
        ) AS newest
        ORDER BY newest.id DESC
        LIMIT %(limit)s
    )
    SELECT post.*, reaction.kind AS viewer_reaction, saved.id IS NOT NULL AS viewer_saved
    FROM page
    JOIN {_POST} AS post ON post.id = page.id
    LEFT JOIN {_REACTION} AS reaction ON reaction.post_id = post.id AND reaction.user_id = %(viewer)s
    LEFT JOIN {_SAVED} AS saved ON saved.post_id = post.id AND saved.user_id = %(viewer)s
    ORDER BY post.id DESC
"""  # noqa: S608  the tables' names are ours

_FIRST_ID, _LAST_ID = uuid.UUID(int=0), uuid.UUID(int=2**128 - 1)


def newest_posts(
    author_ids: Sequence[uuid.UUID], *, viewer_id: uuid.UUID, before: uuid.UUID | None, limit: int
) -> PostsWithMarks:
    """Read the newest posts of these authors that are not private to somebody else, in one query."""
    parameters = {
        "authors": list(author_ids),
        "first": _FIRST_ID,
        "before": before or _LAST_ID,
        "private": Visibility.PRIVATE.value,
        "viewer": viewer_id,
        "limit": limit,
    }
    rows: list[Any] = list(Post.objects.raw(_NEWEST, parameters))
    return PostsWithMarks(rows, {row.pk: _marks(row) for row in rows})


def _marks(row: Any) -> PostMarks:
    if row.viewer_reaction is None and not row.viewer_saved:
        return NO_MARKS
    return PostMarks(reaction=row.viewer_reaction, saved=row.viewer_saved)
