"""Searching: people and tags by how their names begin, posts by their words; ranked as docs/search.md says.

What is found is kept, printed, until something is indexed under one of the words, or for a minute.
"""

import dataclasses
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from accounts.cards.people import PersonCard
from accounts.selectors.relations import known_ids
from accounts.selectors.search import find_people
from content.cards import FoundCard, TagCard
from content.enums import SearchType
from content.models import Post, Tag
from content.policies.heat import engagement
from content.policies.relevance import score
from content.selectors.entities import tag_name
from content.selectors.entries import Entries, Entry
from content.selectors.matches import Match, Reader, post_index
from content.selectors.memberships import communities_of
from content.selectors.printed import NOTHING, PrintedPage, Reading, is_of_the_muted
from content.selectors.tags import tag_cards
from grover.core import caching, encoding
from grover.core.db import starting_with
from grover.core.errors import InvalidCursor
from grover.core.ids import created_at
from grover.core.pages import Page, PageRequest, Position, as_id, cut_page
from grover.core.viewers import AnyViewer
from grover.core.words import words_sought

RANKED_TOGETHER = 500
MOST_TAGS = 200
FIRST_FEW = 3
KEPT_SECONDS = 60

T = TypeVar("T")


def search(viewer: AnyViewer, request: PageRequest, *, q: str, kind: str) -> PrintedPage:
    """Read a page of what is found, as far as the viewer may see it.

    Of all kinds together, the first page begins with a few people and tags; posts follow.
    """
    if kind == SearchType.USERS:
        return _printed(find_people(viewer, q, request), _found_user)
    if kind == SearchType.TAGS:
        return _printed(_tags(viewer, q, request), _found_tag)
    if kind == SearchType.POSTS or request.after is not None:
        return _posts(viewer, q, request)
    few = PageRequest(min(FIRST_FEW, request.limit // 4))
    names: list[bytes] = []
    if few.limit:
        names += _printed(find_people(viewer, q, few), _found_user).items
        names += _printed(_tags(viewer, q, few), _found_tag).items
    posts = _posts(viewer, q, PageRequest(request.limit - len(names)))
    return PrintedPage([*names, *posts.items], posts.next)


def _printed(page: Page[T], found: Callable[[T], FoundCard]) -> PrintedPage:
    return PrintedPage([encoding.dumps(found(item)) for item in page.items], page.next)


def _found_user(person: PersonCard) -> FoundCard:
    return FoundCard(kind="user", user=person)


def _found_tag(tag: TagCard) -> FoundCard:
    return FoundCard(kind="tag", tag=tag)


def _found_post(printed: bytes) -> bytes:
    found = FoundCard(kind="post")
    return encoding.dumps({**dataclasses.asdict(found), "post": encoding.Encoded(printed)})


def _tags(viewer: AnyViewer, q: str, request: PageRequest) -> Page[TagCard]:
    """Read a page of the tags that begin with `q`, the tag itself first, then the most used."""
    name = tag_name(q.removeprefix("#"))
    if name is None:
        return Page([])
    rows = Tag.objects.filter(post_count__gt=0).order_by("-post_count", "name")
    others = rows.filter(starting_with("name", name)).exclude(name=name)[:MOST_TAGS]
    found = [*rows.filter(name=name), *others]
    return cut_page(found, request).map(lambda part: tag_cards(viewer, part))


# --- Posts ---------------------------------------------------------------------------------------


def _posts(viewer: AnyViewer, q: str, request: PageRequest) -> PrintedPage:
    words = words_sought(q)
    if not words:
        return NOTHING
    minute = int(time.time()) // KEPT_SECONDS
    key = f"search:{viewer.id}:{request.limit}:{request.after}:{minute}:{' '.join(words)}"
    return caching.remember(key, partial(_read_posts, viewer, words, request))


def _read_posts(
    viewer: AnyViewer, words: Sequence[str], request: PageRequest
) -> tuple[PrintedPage, Iterable[str], int]:
    ranking = _Ranking(words, _reader(viewer))
    reading = Reading(viewer, ranking.read, leaves_out=is_of_the_muted)
    rarest = max(words, key=len)  # whatever is found has all the words, so one of them tells of all changes
    page, depends_on, size = reading.printed(request, f"word:{rarest}")
    return PrintedPage([_found_post(item) for item in page.items], page.next), depends_on, size


def _reader(viewer: AnyViewer) -> Reader:
    if viewer.id is None:
        return Reader()
    return caching.remember(f"reader:{viewer.id}", partial(_read_reader, viewer.id))


def _read_reader(viewer_id: uuid.UUID) -> tuple[Reader, Iterable[str], int]:
    follows, shuns = known_ids(viewer_id)
    reader = Reader(viewer_id, follows, communities_of(viewer_id), shuns)
    size = 100 * (1 + len(follows) + len(shuns))
    return reader, [f"relations:{viewer_id}", f"memberships:{viewer_id}"], size


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """A post among those it is ranked with: the newest before a post, or of all."""

    score: float
    post_id: uuid.UUID
    before: uuid.UUID | None = field(compare=False)

    @property
    def position(self) -> Position:
        return ("" if self.before is None else self.before, self.score, self.post_id)


class _Ranking:
    """All posts with the words, the best first among the five hundred newest, then among those before."""

    def __init__(self, words: Sequence[str], reader: Reader) -> None:
        self._words = words
        self._reader = reader
        self._ranked: dict[uuid.UUID | None, list[_Place]] = {}

    def read(self, part: PageRequest) -> Entries:
        """Read the posts that come after a position, and one more than the limit where there is one."""
        places = self._after(part.after)[: part.limit + 1]
        rows = Post.objects.in_bulk([place.post_id for place in places])
        found = [place for place in places if place.post_id in rows]
        return Entries([Entry(place.post_id, rows[place.post_id], rank=place.position) for place in found])

    def _after(self, position: Position | None) -> list[_Place]:
        last = None if position is None else _place_at(position)
        before = None if last is None else last.before
        together = self._rank(before)
        left = together if last is None else [place for place in together if place < last]
        if len(together) < RANKED_TOGETHER:
            return left
        return left + self._rank(min(place.post_id for place in together))

    def _rank(self, before: uuid.UUID | None) -> list[_Place]:
        if before not in self._ranked:
            matches = post_index().newest(self._words, self._reader, before=before, limit=RANKED_TOGETHER)
            places = [_Place(self._score(match), match.post_id, before) for match in matches]
            self._ranked[before] = sorted(places, reverse=True)
        return self._ranked[before]

    def _score(self, match: Match) -> float:
        engaged = engagement(
            reactions=match.reactions - match.dislikes,
            comments=match.comments,
            saves=match.saves,
            reposts=match.reposts,
            quotes=match.quotes,
        )
        return score(match.words, self._words, engaged, created_at(match.post_id))


def _place_at(position: Position) -> _Place:
    try:
        before, at, post_id = position
        return _Place(float(at), as_id(post_id), as_id(before) if before else None)
    except (TypeError, ValueError) as error:
        raise InvalidCursor from error
