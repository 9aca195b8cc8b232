"""The newest posts of several authors, at a cost that does not grow with the number of posts."""

import uuid
from collections.abc import Sequence

from django.db import connection
from django.db.models import Q

from content.enums import Visibility
from content.models import Post
from content.selectors import newest_postgresql
from content.selectors.marks import PostsWithMarks


def newest_posts(
    author_ids: Sequence[uuid.UUID], *, viewer_id: uuid.UUID, before: uuid.UUID | None, limit: int
) -> PostsWithMarks:
    """Read the newest posts of these authors that are not private to somebody else, in one query."""
    if connection.vendor == "postgresql":
        return newest_postgresql.newest_posts(author_ids, viewer_id=viewer_id, before=before, limit=limit)
    rows = Post.objects.filter(author_id__in=author_ids).filter(
        ~Q(visibility=Visibility.PRIVATE) | Q(author_id=viewer_id)
    )
    if before is not None:
        rows = rows.filter(id__lt=before)
    return PostsWithMarks(list(rows.order_by("-id")[:limit]))
