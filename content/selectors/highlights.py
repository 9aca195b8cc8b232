"""Highlights as one viewer sees them: with the stories that are for them, and not at all without any."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count

from accounts.selectors.people import user_id_of
from content.cards.stories import HighlightCard, StoryCard
from content.models import Highlight, HighlightShelf, HighlightStory, Story
from content.selectors.stories import cards_of
from content.selectors.story_circles import StoryCircle
from grover.core.errors import InvalidCursor, NotFound
from grover.core.pages import Page, PageRequest, Position, filled_page, keyset_page
from grover.core.viewers import AnyViewer
from grover.media.cards import MediaCard, with_viewer
from grover.media.selectors import media_by_id


@dataclass(frozen=True, slots=True)
class Shelf:
    """Which highlights somebody has, in order; version 0 stands for no row yet."""

    ids: list[uuid.UUID]
    version: int


def shelf_of(owner_id: uuid.UUID) -> Shelf:
    """Read the order of somebody's highlights, in one query."""
    row = HighlightShelf.objects.filter(pk=owner_id).first()
    return Shelf([], 0) if row is None else Shelf([uuid.UUID(key) for key in row.highlight_ids], row.version)


def highlights_of(viewer: AnyViewer, reference: str, request: PageRequest) -> Page[HighlightCard]:
    """Read a page of the highlights of whom a path names, in their order.

    NotFound when the person is hidden from the viewer.
    """
    owner_id = user_id_of(reference)
    circle = StoryCircle(viewer)
    circle.meet([owner_id])
    if circle.unblocked(owner_id) is None:
        raise NotFound
    places = list(enumerate(shelf_of(owner_id).ids))

    def read(part: PageRequest) -> Page[tuple[int, uuid.UUID]]:
        later = places[_start(part.after) :]
        items = later[: part.limit]
        return Page(items, (items[-1][0],) if len(later) > len(items) else None)

    def keep(found: list[tuple[int, uuid.UUID]]) -> list[HighlightCard | None]:
        rows = Highlight.objects.filter(pk__in=[key for _, key in found])
        cards = _cards(list(rows), {key: place for place, key in found}, circle)
        return [cards.get(key) for _, key in found]

    return filled_page(read, keep, request, lambda item: (item[0],))


@dataclass(frozen=True, slots=True)
class SeenHighlight:
    """A highlight that the viewer sees, as a row and as a card."""

    row: Highlight
    card: HighlightCard
    circle: StoryCircle


def get_highlight(viewer: AnyViewer, highlight_id: uuid.UUID) -> HighlightCard:
    """Read one highlight; NotFound when it is gone or shows nothing to the viewer."""
    return visible_highlight(viewer, highlight_id).card


def visible_highlight(viewer: AnyViewer, highlight_id: uuid.UUID) -> SeenHighlight:
    """Read the row of a highlight for an action on it; NotFound when it shows the viewer nothing."""
    row = Highlight.objects.filter(pk=highlight_id).first()
    if row is None:
        raise NotFound
    circle = StoryCircle(viewer)
    circle.meet([row.owner_id])
    shelf = shelf_of(row.owner_id)
    if highlight_id not in shelf.ids:
        raise NotFound
    cards = _cards([row], {highlight_id: shelf.ids.index(highlight_id)}, circle)
    if not cards:
        raise NotFound
    return SeenHighlight(row, cards[highlight_id], circle)


def stories_in_highlight(viewer: AnyViewer, highlight_id: uuid.UUID, request: PageRequest) -> Page[StoryCard]:
    """Read a page of the stories of a highlight that are for the viewer, in the order they were put there."""
    seen = visible_highlight(viewer, highlight_id)
    rows = HighlightStory.objects.filter(
        seen.circle.stories_of(seen.row.owner_id, prefix="story__"), highlight_id=highlight_id
    ).select_related("story")
    page = keyset_page(rows, request, order=("id",))
    return page.map(lambda found: cards_of([entry.story for entry in found], seen.circle))


def _cards(
    rows: Sequence[Highlight], places: Mapping[uuid.UUID, int], circle: StoryCircle
) -> dict[uuid.UUID, HighlightCard]:
    """Show those highlights, whose owners were met, that show something to the viewer, in three queries."""
    counts = _counts(rows, circle)
    covers = _covers(rows, circle)
    return {
        row.pk: HighlightCard(
            id=row.pk,
            owner_id=row.owner_id,
            title=row.title,
            position=places[row.pk],
            cover_story_id=row.cover_story_id if row.pk in covers else None,
            cover=covers.get(row.pk),
            story_count=counts[row.pk],
            created_at=row.created_at,
        )
        for row in rows
        if counts[row.pk] or _is_own(row, circle)
    }


def _counts(rows: Sequence[Highlight], circle: StoryCircle) -> Counter[uuid.UUID]:
    """Count the stories of each highlight that are for the viewer."""
    owners = {row.pk: row.owner_id for row in rows}
    found = HighlightStory.objects.filter(highlight_id__in=list(owners))
    groups = found.values_list("highlight_id", "story__audience", "story__moderation")
    counts: Counter[uuid.UUID] = Counter()
    for highlight_id, audience, moderation, number in groups.annotate(number=Count("pk")):
        story = Story(author_id=owners[highlight_id], audience=audience, moderation=moderation)
        if circle.sees_story(story):
            counts[highlight_id] += number
    return counts


def _covers(rows: Sequence[Highlight], circle: StoryCircle) -> dict[uuid.UUID, MediaCard | None]:
    """Find the pictures of those covers that the viewer may see; None for a story without one."""
    chosen = {row.cover_story_id for row in rows if row.cover_story_id is not None}
    stories = [story for story in Story.objects.filter(pk__in=chosen) if circle.sees_story(story)]
    media = media_by_id([story.media_id for story in stories if story.media_id is not None])
    pictures = {key: with_viewer(card, circle.viewer) for key, card in media.items()}
    return {
        row.pk: pictures.get(story.media_id or story.pk)
        for story in stories
        for row in rows
        if row.cover_story_id == story.pk
    }


def _is_own(row: Highlight, circle: StoryCircle) -> bool:
    return row.owner_id == circle.viewer.id


def _start(position: Position | None) -> int:
    """Give the first place of a page."""
    match position:
        case None:
            return 0
        case (int(place),):
            return place + 1
    raise InvalidCursor
