"""Pages of posts as they are kept: printed, with all that they depend on."""

import dataclasses
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from accounts.cards.people import Person, Relation
from content.cards import PostCard, PostMarks
from content.selectors.entries import Entries, Entry
from content.selectors.posts import SharedPost, cards_of, relations_to_authors, shared_rows, stamps_of
from content.selectors.reposts import Reposters, reposters_among
from grover.core import encoding
from grover.core.pages import Page, PageRequest, Position, filled_page
from grover.core.viewers import AnyViewer

PAGES_A_POST = 4  # that show it, at least, when many people read

ReadEntries = Callable[[PageRequest], Entries]
LeavesOut = Callable[[SharedPost, Relation], bool]


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


def is_of_the_muted(post: SharedPost, relation: Relation) -> bool:
    """Leave out what people wrote whom the viewer mutes."""
    return relation.muting


@dataclass(frozen=True, slots=True)
class _Place:
    """A post in its place in the list."""

    entry: Entry
    shared: SharedPost


class Reading:
    """One reading of a page of posts, newest first, which notes all that the page depends on.

    `read_entries` gives one more than the limit where there is one. `relations` are those to authors that
    are known beforehand, `authors` themselves where the posts are of few. With `sources`, the people
    whose posts and reposts the list is made of, each post is in it once: where it was posted or passed
    on last. `leaves_out` tells what the viewer sees but is not to find here.
    """

    def __init__(
        self,
        viewer: AnyViewer,
        read_entries: ReadEntries,
        relations: Mapping[uuid.UUID, Relation] | None = None,
        authors: Mapping[uuid.UUID, Person] | None = None,
        sources: Collection[uuid.UUID] = (),
        *,
        leaves_out: LeavesOut | None = None,
    ) -> None:
        self._viewer = viewer
        self._read_entries = read_entries
        self._relations = relations or {}
        self._authors = authors
        self._sources = sources
        self._leaves_out = leaves_out
        self._started = time.time()
        self._shown: list[SharedPost] = []
        self._marks: Mapping[uuid.UUID, PostMarks] | None = None

    def printed(self, request: PageRequest, *also: str) -> tuple[PrintedPage, Iterable[str], int]:
        """Read and print a page; give it as `caching.remember` asks, with what else it depends on."""
        page = filled_page(self._read, self._print, request, lambda place: place.entry.position)
        printed = PrintedPage(page.items, page.next)
        return printed, stamps_of(self._shown, self._viewer).union(also), printed.size()

    def _read(self, request: PageRequest) -> Page[_Place]:
        found = self._read_entries(request)
        entries, self._marks = found.entries[: request.limit], found.marks
        shared = shared_rows(
            [entry.post for entry in entries], read_since=self._started, authors=self._authors
        )
        self._shown += shared
        places = [_Place(*pair) for pair in zip(entries, shared, strict=True)]
        more = len(found.entries) > request.limit
        return Page(places, places[-1].entry.position if more else None)

    def _print(self, places: list[_Place]) -> list[bytes | None]:
        reposters = reposters_among(self._sources, [place.entry.post for place in places])
        shown = [place.shared for place in places if reposters.is_last(place.entry)]
        relations = relations_to_authors(self._viewer, shown, self._relations)
        if self._leaves_out is not None:
            leaves_out = self._leaves_out
            shown = [value for value in shown if not leaves_out(value, relations[value.audience.author_id])]
        cards = {card.id: card for card in cards_of(shown, self._viewer, relations, self._marks)}
        return [self._print_one(place, cards.get(place.shared.id), reposters) for place in places]

    def _print_one(self, place: _Place, card: PostCard | None, reposters: Reposters) -> bytes | None:
        if card is None or not reposters.is_last(place.entry):
            return None
        people = reposters.people(card.id)
        if people:
            return encoding.dumps(dataclasses.replace(card, reposted_by=people))
        if self._sources and place.entry.reposter_id is not None and not self._is_of_sources(place):
            return None  # who passed it on is suspended
        return place.shared.print(card)

    def _is_of_sources(self, place: _Place) -> bool:
        return place.shared.audience.author_id in self._sources
