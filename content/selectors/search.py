"""Searching: people and tags by how their names begin, posts by their words; ranked as docs/search.md says.

What is found is kept, printed, until something is indexed under one of the words, or for a minute.
"""

import dataclasses
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.db.models import Case, Value, When

from accounts.cards.people import Relation
from accounts.selectors.relations import circle_of
from accounts.selectors.search import find_people
from content.cards import FoundCard
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
from grover.core.pages import PageRequest, Position, as_id, cut_page
from grover.core.viewers import AnyViewer
from grover.core.words import words_sought

RANKED_TOGETHER = 200
MOST_TAGS = 200
FIRST_FEW = 3
KEPT_SECONDS = 60

Found = tuple[PrintedPage, set[str]]  # a page, and what it depends on


def search(viewer: AnyViewer, request: PageRequest, *, q: str, kind: str) -> PrintedPage:
    """Read a page of what is found, as far as the viewer may see it.

    Of all kinds together, the first page begins with a few people and tags; posts follow.
    """
    minute = int(time.time()) // KEPT_SECONDS
    key = f"search:{kind}:{viewer.id}:{request.limit}:{request.after}:{minute}:{q}"
    return caching.remember(key, partial(_read, viewer, request, q, kind))


def _read(
    viewer: AnyViewer, request: PageRequest, q: str, kind: str
) -> tuple[PrintedPage, Iterable[str], int]:
    read = {SearchType.USERS: _users, SearchType.TAGS: _tags, SearchType.POSTS: _posts}.get(
        SearchType(kind), _all
    )
    page, depends_on = read(viewer, q, request)
    return page, depends_on | {f"relations:{viewer.id}"}, page.size()


def _all(viewer: AnyViewer, q: str, request: PageRequest) -> Found:
    few = PageRequest(min(FIRST_FEW, request.limit // 4))
    if request.after is not None or not few.limit:
        return _posts(viewer, q, request)
    users, about_users = _users(viewer, q, few)
    tags, about_tags = _tags(viewer, q, few)
    names = [*users.items, *tags.items]
    posts, about_posts = _posts(viewer, q, PageRequest(request.limit - len(names)))
    page = PrintedPage([*names, *posts.items], posts.next)
    return page, about_users | about_tags | about_posts


def _users(viewer: AnyViewer, q: str, request: PageRequest) -> Found:
    page = find_people(viewer, q, request, without=_reader(viewer).blocked)
    found = [encoding.dumps(FoundCard(kind="user", user=person)) for person in page.items]
    return PrintedPage(found, page.next), {"names", *(f"user:{person.user.id}" for person in page.items)}


def _tags(viewer: AnyViewer, q: str, request: PageRequest) -> Found:
    """Read a page of the tags that begin with `q`, the tag itself first, then the most used."""
    name = tag_name(q.removeprefix("#"))
    if name is None:
        return NOTHING, set()
    is_other = Case(When(name=name, then=Value(0)), default=Value(1))
    rows = Tag.objects.filter(starting_with("name", name), post_count__gt=0)
    found = list(rows.order_by(is_other, "-post_count", "name")[:MOST_TAGS])
    page = cut_page(found, request).map(lambda part: tag_cards(viewer, part))
    printed = [encoding.dumps(FoundCard(kind="tag", tag=tag)) for tag in page.items]
    return PrintedPage(printed, page.next), {"tags", *(f"tag:{tag.name}" for tag in page.items)}


# --- Posts ---------------------------------------------------------------------------------------


def _posts(viewer: AnyViewer, q: str, request: PageRequest) -> Found:
    words = words_sought(q)
    if not words:
        return NOTHING, set()
    ranking = _Ranking(words, _reader(viewer))
    reading = Reading(viewer, ranking.read, ranking.relations, leaves_out=is_of_the_muted)
    rarest = max(words, key=len)  # whatever is found has all the words, so one of them tells of all changes
    page, depends_on, _ = reading.printed(request, f"word:{rarest}")
    return PrintedPage([_found_post(item) for item in page.items], page.next), set(depends_on)


def _found_post(printed: bytes) -> bytes:
    found = FoundCard(kind="post")
    return encoding.dumps({**dataclasses.asdict(found), "post": encoding.Encoded(printed)})


def _reader(viewer: AnyViewer) -> Reader:
    if viewer.id is None:
        return Reader()
    return caching.remember(f"reader:{viewer.id}", partial(_read_reader, viewer.id))


def _read_reader(viewer_id: uuid.UUID) -> tuple[Reader, Iterable[str], int]:
    circle = circle_of(viewer_id)
    member_of = communities_of(viewer_id)
    reader = Reader(viewer_id, circle.follows, member_of, circle.mutes, circle.blocked)
    size = 100 * (1 + len(circle.follows) + len(circle.mutes) + len(circle.blocked) + len(member_of))
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
    """All posts with the words, the best first among the two hundred newest, then among those before.

    `relations` are those to the authors of what was read.
    """

    def __init__(self, words: Sequence[str], reader: Reader) -> None:
        self.relations: dict[uuid.UUID, Relation] = {}
        self._words = words
        self._reader = reader
        self._ranked: dict[uuid.UUID | None, list[_Place]] = {}

    def read(self, part: PageRequest) -> Entries:
        """Read the posts that come after a position, and one more than the limit where there is one."""
        places = self._after(part.after)[: part.limit + 1]
        rows = Post.objects.in_bulk([place.post_id for place in places])
        found = [place for place in places if place.post_id in rows]
        self.relations |= {row.author_id: self._reader.relation_to(row.author_id) for row in rows.values()}
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
