"""How PostgreSQL finds the newest posts and reposts of several people and communities.

Given `author_id IN (…) ORDER BY id LIMIT n` it either sorts all posts of the authors or walks all
posts of everybody. Here it looks at the newest of each person and community in the indices on
(author, id), (user, id) and (community, id), and then only at what can be on the page, so the cost is
that of the sources and the page, however many posts there are. What the viewer did to the posts of the
page is looked up on the way.
"""

import uuid
from typing import Any

from content.cards import PostMarks
from content.enums import Visibility
from content.models import Post, PostReaction, Repost, SavedPost
from content.selectors.entries import Entries, Entry, Sources
from content.selectors.marks import NO_MARKS

_POST, _REACTION, _SAVED, _REPOST = (
    table._meta.db_table for table in (Post, PostReaction, SavedPost, Repost)
)
_OWN = """
    own.author_id = author.id
    AND own.id < %(before)s
    AND (own.visibility <> %(private)s OR own.author_id = %(viewer)s)
"""
_SAID = """
    said.community_id = place.id
    AND said.id < %(before)s
    AND (said.visibility <> %(private)s OR said.author_id = %(viewer)s)
"""
_PASSED_ON = "passed.user_id = author.id AND passed.id < %(before)s"
# The newest of each person come first; the page cannot reach below the last of as many as it holds.
_NEWEST = f"""
    WITH author AS MATERIALIZED (
        SELECT unnest(%(people)s::uuid[]) AS id
    ),
    place AS MATERIALIZED (
        SELECT unnest(%(communities)s::uuid[]) AS id
    ),
    head AS MATERIALIZED (
        SELECT newest.id
        FROM author
        CROSS JOIN LATERAL (
            (SELECT own.id FROM {_POST} AS own WHERE {_OWN} ORDER BY own.id DESC LIMIT 1)
            UNION ALL
            (SELECT passed.id FROM {_REPOST} AS passed WHERE {_PASSED_ON} ORDER BY passed.id DESC LIMIT 1)
        ) AS newest
        UNION
        SELECT newest.id
        FROM place
        CROSS JOIN LATERAL (
            SELECT said.id FROM {_POST} AS said WHERE {_SAID} ORDER BY said.id DESC LIMIT 1
        ) AS newest
    ),
    floor AS MATERIALIZED (
        SELECT coalesce(
            (SELECT head.id FROM head ORDER BY head.id DESC OFFSET %(limit)s - 1 LIMIT 1), %(first)s
        ) AS id
    ),
    found AS (
        SELECT newest.*
        FROM author
        CROSS JOIN floor
        CROSS JOIN LATERAL (
            (
                SELECT own.id, own.id AS post_id, NULL::uuid AS reposter_id FROM {_POST} AS own
                WHERE {_OWN} AND own.id >= floor.id
                ORDER BY own.id DESC
                LIMIT %(limit)s
            )
            UNION ALL
            (
                SELECT passed.id, passed.post_id, passed.user_id AS reposter_id FROM {_REPOST} AS passed
                WHERE {_PASSED_ON} AND passed.id >= floor.id
                ORDER BY passed.id DESC
                LIMIT %(limit)s
            )
        ) AS newest
        UNION
        SELECT newest.*
        FROM place
        CROSS JOIN floor
        CROSS JOIN LATERAL (
            SELECT said.id, said.id AS post_id, NULL::uuid AS reposter_id FROM {_POST} AS said
            WHERE {_SAID} AND said.id >= floor.id
            ORDER BY said.id DESC
            LIMIT %(limit)s
        ) AS newest
    ),
    page AS MATERIALIZED (
        SELECT * FROM found ORDER BY found.id DESC LIMIT %(limit)s
    )
    SELECT
        post.*, page.id AS entry_id, page.reposter_id, reaction.kind AS viewer_reaction,
        saved.id IS NOT NULL AS viewer_saved, reposted.id IS NOT NULL AS viewer_reposted
    FROM page
    JOIN {_POST} AS post ON post.id = page.post_id
    LEFT JOIN {_REACTION} AS reaction ON reaction.post_id = post.id AND reaction.user_id = %(viewer)s
    LEFT JOIN {_SAVED} AS saved ON saved.post_id = post.id AND saved.user_id = %(viewer)s
    LEFT JOIN {_REPOST} AS reposted ON reposted.post_id = post.id AND reposted.user_id = %(viewer)s
    ORDER BY page.id DESC
"""  # noqa: S608  the tables' names are ours

_FIRST_ID, _LAST_ID = uuid.UUID(int=0), uuid.UUID(int=2**128 - 1)


def newest_entries(
    sources: Sources, *, viewer_id: uuid.UUID, before: uuid.UUID | None, limit: int
) -> Entries:
    """Read what was posted or passed on last by the sources, but for what is private to somebody else."""
    parameters = {
        "people": list(sources.people),
        "communities": list(sources.communities),
        "first": _FIRST_ID,
        "before": before or _LAST_ID,
        "private": Visibility.PRIVATE.value,
        "viewer": viewer_id,
        "limit": limit,
    }
    rows: list[Any] = list(Post.objects.raw(_NEWEST, parameters))
    entries = [Entry(row.entry_id, row, row.reposter_id) for row in rows]
    return Entries(entries, {row.pk: _marks(row) for row in rows})


def _marks(row: Any) -> PostMarks:
    if row.viewer_reaction is None and not row.viewer_saved and not row.viewer_reposted:
        return NO_MARKS
    return PostMarks(reaction=row.viewer_reaction, saved=row.viewer_saved, reposted=row.viewer_reposted)
