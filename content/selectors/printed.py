"""Pages of posts as they are kept: printed, with all that they depend on."""

import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from accounts.cards.people import Person, Relation
from content.cards import PostCard, PostMarks
from content.selectors.marks import PostsWithMarks
from content.selectors.posts import SharedPost, cards_of, shared_rows, stamps_of
from grover.core import encoding
from grover.core.pages import Page, PageRequest, Position, filled_page
from grover.core.viewers import AnyViewer

PAGES_A_POST = 4  # that show it, at least, when many people read

ReadRows = Callable[[PageRequest], PostsWithMarks]


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """The cards of a page, each as JSON, and the position of the last one when more follow.

    A post to which its reader did nothing is the shared post's own text, not a copy of it.
    """

    items: list[bytes]
    next: Position | None

    def size(self) -> int:
        """Give a rough size in bytes; a text is mostly shared by several pages."""
        return 500 + sum(map(len, self.items)) // PAGES_A_POST


NOTHING = PrintedPage([], None)


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
        self._marks: Mapping[uuid.UUID, PostMarks] | None = None

    def printed(self, request: PageRequest, *also: str) -> tuple[PrintedPage, Iterable[str], int]:
        """Read and print a page; give it as `caching.remember` asks, with what else it depends on."""
        page = filled_page(self._read, self._print, request, lambda shared: (shared.id,))
        printed = PrintedPage(page.items, page.next)
        return printed, stamps_of(self._shown, self._viewer).union(also), printed.size()

    def _read(self, request: PageRequest) -> Page[SharedPost]:
        found = self._read_rows(request)
        rows, self._marks = found.rows[: request.limit], found.marks
        shared = shared_rows(rows, read_since=self._started, authors=self._authors)
        self._shown += shared
        more = len(found.rows) > request.limit
        return Page(shared, (shared[-1].id,) if more else None)

    def _print(self, shared: list[SharedPost]) -> list[bytes | None]:
        cards = {card.id: card for card in cards_of(shared, self._viewer, self._relations, self._marks)}
        return [_printed(value, cards.get(value.id)) for value in shared]


def _printed(shared: SharedPost, card: PostCard | None) -> bytes | None:
    if card is None:
        return None
    return shared.printed if card is shared.card else encoding.dumps(card)
