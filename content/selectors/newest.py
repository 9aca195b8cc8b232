"""The newest posts and reposts of several people, at a cost that does not grow with their number."""

import heapq
import uuid
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from content.enums import Visibility
from content.models import Post, Repost
from content.selectors import newest_postgresql
from content.selectors.entries import Entries, Entry, Sources


def newest_entries(
    sources: Sources, *, viewer_id: uuid.UUID, before: uuid.UUID | None, limit: int
) -> Entries:
    """Read what was posted or passed on last by the sources, but for what is private to somebody else.

    In one query on PostgreSQL, in two elsewhere.
    """
    if connection.vendor == "postgresql":
        return newest_postgresql.newest_entries(sources, viewer_id=viewer_id, before=before, limit=limit)
    people = sources.people
    posts = Post.objects.filter(
        Q(author_id__in=people) | Q(community_id__in=sources.communities)
        if sources.communities
        else Q(author_id__in=people)
    ).filter(~Q(visibility=Visibility.PRIVATE) | Q(author_id=viewer_id))
    reposts = Repost.objects.filter(user_id__in=people).select_related("post")
    entries = [Entry(row.pk, row) for row in _newest(posts, before, limit)]
    entries += [Entry(row.pk, row.post, row.user_id) for row in _newest(reposts, before, limit)]
    return Entries(heapq.nlargest(limit, entries, key=lambda entry: entry.id))


def _newest(rows: QuerySet[Any], before: uuid.UUID | None, limit: int) -> QuerySet[Any]:
    return (rows if before is None else rows.filter(id__lt=before)).order_by("-id")[:limit]
