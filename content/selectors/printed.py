"""Pages of posts as they are kept: printed, with all that they depend on."""

import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from accounts.cards.people import Person, Relation
from content.cards import PostCard
from content.models import Post
from content.selectors.posts import SharedPost, cards_of, shared_rows, stamps_of
from grover.core import encoding
from grover.core.pages import Page, PageRequest, Position, filled_page
from grover.core.viewers import AnyViewer

ReadRows = Callable[[PageRequest], Sequence[Post]]


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page of cards as JSON, and the position of its last one when more follow."""

    items: bytes
    next: Position | None


NOTHING = PrintedPage(b"[]", None)


class Reading:
    """One reading of a page of posts, newest first, which notes all that the page depends on.

    `read_rows` gives one row more than the limit where there is one. The relations to all authors that
    may turn up are known beforehand, and `authors` where the rows are of few.
    """

    def __init__(
        self,
        viewer: AnyViewer,
        read_rows: ReadRows,
        relations: Mapping[uuid.UUID, Relation],
        authors: Mapping[uuid.UUID, Person] | None = None,
    ) -> None:
        self._viewer = viewer
        self._read_rows = read_rows
        self._relations = relations
        self._authors = authors
        self._started = time.time()
        self._shown: list[SharedPost] = []

    def printed(self, request: PageRequest, *also: str) -> tuple[PrintedPage, Iterable[str], int]:
        """Read and print a page; give it as `caching.remember` asks, with what else it depends on."""
        page = filled_page(self._read, self._cards, request, lambda shared: (shared.id,))
        printed = PrintedPage(encoding.dumps(page.items), page.next)
        return printed, stamps_of(self._shown, self._viewer).union(also), len(printed.items) + 500

    def _read(self, request: PageRequest) -> Page[SharedPost]:
        rows = self._read_rows(request)
        shared = shared_rows(rows[: request.limit], read_since=self._started, authors=self._authors)
        self._shown += shared
        more = len(rows) > request.limit
        return Page(shared, (shared[-1].id,) if more else None)

    def _cards(self, shared: list[SharedPost]) -> list[PostCard | None]:
        cards = {card.id: card for card in cards_of(shared, self._viewer, self._relations)}
        return [cards.get(value.id) for value in shared]
