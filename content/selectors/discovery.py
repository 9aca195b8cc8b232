"""What is rising, for one viewer: posts, tags, people, and whom they may want to follow.

The order was computed beforehand (`content.actions.trends`); here only what is the viewer's own is left
out or preferred. The formulas are those of docs/discovery.md.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

from django.db.models import Max
from django.utils import timezone

from accounts.cards.people import STRANGERS, PersonCard, Relation, UserSummary
from accounts.selectors.people import is_adult, people_by_id, users_by_id
from accounts.selectors.relations import card_of, circle_of, relations_by_id
from accounts.selectors.suggestions import following_counts, friends_of_friends, known_to
from content.cards import SuggestionCard, TagCard
from content.enums import TrendKind
from content.models import Post, PostTag, PostView, Tag, TagFollow, Trend
from content.policies.heat import nearness
from content.selectors.entries import Entries, Entry
from content.selectors.posts import SharedPost
from content.selectors.printed import PrintedPage, Reading
from content.selectors.tags import tag_cards
from grover.core import caching
from grover.core.errors import InvalidCursor
from grover.core.pages import Page, PageRequest, Position, cut_page, number_at
from grover.core.viewers import AnyViewer, Viewer

OF_A_FOLLOWED_TAG = 1.5
MOST_SUGGESTIONS = 100
SHOWN_FRIENDS = 3
SIZE_OF_A_PLACE = 250  # bytes, roughly


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list of what is rising."""

    thing_id: uuid.UUID
    author_id: uuid.UUID | None
    score: float


def trending_posts(viewer: AnyViewer, request: PageRequest) -> PrintedPage:
    """Read a page of the posts that are rising, as far as the viewer may see them."""
    return _remember("trending", viewer, request, explores=False)


def explore(viewer: AnyViewer, request: PageRequest) -> PrintedPage:
    """Read a page of what is rising and new to the viewer: of people they do not follow, not seen yet."""
    return _remember("explore", viewer, request, explores=True)


def trending_tags(viewer: AnyViewer, request: PageRequest) -> Page[TagCard]:
    """Read a page of the tags that more people use today than usually."""
    page, position_of = _page_of_places(TrendKind.TAG, request)
    rows = Tag.objects.in_bulk([place.thing_id for place in page])
    cards = tag_cards(viewer, [rows[place.thing_id] for place in page if place.thing_id in rows])
    return Page(cards, position_of)


def trending_creators(viewer: AnyViewer, request: PageRequest) -> Page[PersonCard]:
    """Read a page of the people who are rising, without whom a block or mute keeps away."""
    places, after = _page_of_places(TrendKind.CREATOR, request)
    ids = [place.thing_id for place in places]
    people, relations = people_by_id(ids), relations_by_id(viewer, ids)
    cards = [
        PersonCard(user=people[key].summary, relation=card_of(relations[key]))
        for key in ids
        if key in people and not relations[key].is_blocked and not relations[key].muting
    ]
    return Page(cards, after)


def suggestions_for(viewer: Viewer, request: PageRequest) -> Page[SuggestionCard]:
    """Read a page of people whom the viewer may want to follow, the nearest first; a hundred at most."""
    everyone = caching.remember(f"suggestions:{viewer.id}", partial(_read_suggestions, viewer))
    return cut_page(everyone, request)


# --- Posts ---------------------------------------------------------------------------------------


class _Taste:
    """What one viewer is to find among the posts that are rising."""

    def __init__(self, viewer: AnyViewer, *, explores: bool) -> None:
        self._viewer = viewer
        self._viewer_id = viewer.id
        self._explores = explores and viewer.id is not None
        self.relations: dict[uuid.UUID, Relation] = {}

    def order(self, places: Sequence[Place]) -> list[Place]:
        """Rank the places for the viewer: what bears a tag that they follow counts half as much again."""
        if not self._explores or self._viewer_id is None:
            return list(places)
        places = self._of_strangers(places, self._viewer_id)
        ids = [place.thing_id for place in places]
        seen = PostView.objects.filter(user_id=self._viewer_id, post_id__in=ids)
        known = set(seen.values_list("post_id", flat=True))
        liked = _with_followed_tags(self._viewer_id, ids)
        weighed = [
            replace(place, score=place.score * OF_A_FOLLOWED_TAG) if place.thing_id in liked else place
            for place in places
            if place.thing_id not in known
        ]
        return sorted(weighed, key=lambda place: (place.score, place.thing_id), reverse=True)

    def _of_strangers(self, places: Sequence[Place], viewer_id: uuid.UUID) -> list[Place]:
        """Leave out what is of people whom the viewer knows, or must not or does not want to meet."""
        circle = circle_of(viewer_id)
        known = circle.follows | circle.mutes | circle.blocked | {viewer_id, None}
        strange = [place for place in places if place.author_id not in known]
        self.relations = {place.author_id: STRANGERS for place in strange if place.author_id is not None}
        return strange

    def leaves_out(self, post: SharedPost, relation: Relation) -> bool:
        """Tell what the viewer sees but is not to find here; warnings are for those of age who are known."""
        warns = post.card is not None and bool(post.card.content_warning)
        return relation.muting or (warns and not self._is_of_age)

    @cached_property
    def _is_of_age(self) -> bool:
        return self._viewer_id is not None and is_adult(self._viewer_id, timezone.now().date())


def _with_followed_tags(viewer_id: uuid.UUID, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Find those of these posts that bear a tag which somebody follows."""
    follows = TagFollow.objects.filter(user_id=viewer_id)
    tags = list(follows.values_list("tag", flat=True))
    if not tags:
        return set()
    return set(PostTag.objects.filter(tag__in=tags, post_id__in=ids).values_list("post_id", flat=True))


def _remember(name: str, viewer: AnyViewer, request: PageRequest, *, explores: bool) -> PrintedPage:
    key = f"{name}:{viewer.id}:{request.limit}:{request.after}"
    return caching.remember(key, partial(_read_posts, viewer, request, explores))


def _read_posts(
    viewer: AnyViewer, request: PageRequest, explores: bool
) -> tuple[PrintedPage, Iterable[str], int]:
    taste = _Taste(viewer, explores=explores)
    generation, places = _places(TrendKind.POST, number_at(request.after, 0))
    ordered = taste.order(places)

    def read(part: PageRequest) -> Entries:
        start = _start(ordered, part.after)
        found = ordered[start : start + part.limit + 1]
        rows = Post.objects.in_bulk([place.thing_id for place in found])
        return Entries(
            [
                Entry(place.thing_id, rows[place.thing_id], rank=(generation, place.score, place.thing_id))
                for place in found
                if place.thing_id in rows
            ]
        )

    reading = Reading(viewer, read, taste.relations, leaves_out=taste.leaves_out)
    return reading.printed(request, "trends:post", f"user:{viewer.id}")


def _start(ordered: Sequence[Place], after: Position | None) -> int:
    """Find where to go on: behind whatever has this score or a higher one."""
    if after is None:
        return 0
    try:
        position = (float(after[1]), uuid.UUID(str(after[2])))
    except (IndexError, TypeError, ValueError) as error:
        raise InvalidCursor from error
    passed = (number for number, one in enumerate(ordered) if (one.score, one.thing_id) < position)
    return next(passed, len(ordered))


# --- Lists that were computed --------------------------------------------------------------------


def _page_of_places(kind: TrendKind, request: PageRequest) -> tuple[list[Place], Position | None]:
    """Cut a page out of a list; it goes on in the generation it began with, as long as that is kept."""
    generation, places = _places(kind, number_at(request.after, 0))
    start = number_at(request.after, 1)
    end = start + request.limit
    return list(places[start:end]), (generation, end) if end < len(places) else None


def _places(kind: TrendKind, generation: int) -> tuple[int, Sequence[Place]]:
    """Read the places of a generation, or of the last one when there is no such; kept while it is that."""
    key = f"places:{kind.value}:{generation}"
    return caching.remember(key, partial(_read_places, kind, generation))


def _read_places(kind: TrendKind, generation: int) -> tuple[tuple[int, Sequence[Place]], Iterable[str], int]:
    places = _places_of(kind, generation) if generation else []
    if not places:
        generation = Trend.objects.filter(kind=kind).aggregate(last=Max("generation"))["last"] or 0
        places = _places_of(kind, generation)
    return (generation, places), [f"trends:{kind.value}"], SIZE_OF_A_PLACE * (1 + len(places))


def _places_of(kind: TrendKind, generation: int) -> list[Place]:
    rows = Trend.objects.filter(kind=kind, generation=generation).order_by("rank")
    return [Place(*row) for row in rows.values_list("thing_id", "author_id", "score")]


# --- People --------------------------------------------------------------------------------------


def _read_suggestions(viewer: Viewer) -> tuple[list[SuggestionCard], Iterable[str], int]:
    found = friends_of_friends(viewer.id)
    weights = following_counts({friend for friends in found.values() for friend in friends})
    near = {
        user_id: nearness(weights.get(friend, 0) for friend in friends) for user_id, friends in found.items()
    }
    ids = sorted(near, key=lambda user_id: (near[user_id], user_id), reverse=True)[:MOST_SUGGESTIONS]
    ids += _rising(viewer, left_out=set(ids))
    relations = relations_by_id(viewer, ids)
    free = [key for key in ids if relations[key] == Relation(followed_by=relations[key].followed_by)]
    shown = free[:MOST_SUGGESTIONS]
    friends = {key: sorted(found.get(key, ()), reverse=True)[:SHOWN_FRIENDS] for key in shown}
    people = users_by_id([*shown, *(friend for some in friends.values() for friend in some)])
    cards = [
        _suggestion(people[key], [people[one] for one in friends[key] if one in people], found.get(key, ()))
        for key in shown
        if key in people
    ]
    stamps = [f"relations:{viewer.id}", f"trends:{TrendKind.CREATOR.value}"]
    return cards, [*stamps, *(f"user:{key}" for key in people)], 500 * (1 + len(cards))


def _rising(viewer: Viewer, *, left_out: set[uuid.UUID]) -> list[uuid.UUID]:
    """Find people who are rising, for those who follow few."""
    known = known_to(viewer.id) | left_out | {viewer.id}
    _, places = _places(TrendKind.CREATOR, 0)
    return [place.thing_id for place in places if place.thing_id not in known][:MOST_SUGGESTIONS]


def _suggestion(
    user: UserSummary, friends: list[UserSummary], all_friends: Iterable[uuid.UUID]
) -> SuggestionCard:
    return SuggestionCard(
        user=user,
        reason="followed_by" if friends else "rising",
        followed_by=friends,
        followed_by_count=len(set(all_friends)),
    )
