"""What a list of posts is made of: posts, each in the place it has there."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from content.cards import PostMarks
from content.models import Post
from grover.core.pages import PageRequest, Position


@dataclass(frozen=True, slots=True)
class Entry:
    """A post in a list, at the place that `id` gives it: its own, or that of who passed it on.

    In a list of another order `rank` is its place.
    """

    id: uuid.UUID
    post: Post
    reposter_id: uuid.UUID | None = None
    rank: Position | None = None

    @property
    def position(self) -> Position:
        """Where a page that ends here goes on."""
        return (self.id,) if self.rank is None else self.rank


@dataclass(frozen=True, slots=True)
class Sources:
    """Of whose posts a feed is made: people, with what they pass on, and communities."""

    people: Sequence[uuid.UUID]
    communities: Sequence[uuid.UUID] = ()


@dataclass(frozen=True, slots=True)
class Entries:
    """Entries, the newest first, and the viewer's marks on each post where they came with the rows."""

    entries: Sequence[Entry]
    marks: Mapping[uuid.UUID, PostMarks] | None = None


def newest_of(rows: QuerySet[Post], part: PageRequest) -> Entries:
    """Read the newest of these posts after a position, and one more than the limit where there is one."""
    older = rows if part.after_id is None else rows.filter(id__lt=part.after_id)
    return entries_of(older.order_by("-id")[: part.limit + 1])


def entries_of(posts: Iterable[Post]) -> Entries:
    """List posts, each in its own place."""
    return Entries([Entry(post.pk, post) for post in posts])
