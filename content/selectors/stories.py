"""Stories as one viewer sees them, one by one and those of a person.

Nothing here is kept from one reading to the next: a story ends at a moment at which nobody does
anything, so each reading compares with the present.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q

from accounts.cards.people import Person
from accounts.selectors.people import user_id_of
from content.cards.stories import StoryCard, StoryInsight, StoryMarks
from content.models import Story, StoryReaction, StoryView
from content.selectors.story_circles import StoryCircle
from grover.core.errors import NotFound
from grover.core.pages import Page, PageRequest, keyset_page
from grover.core.viewers import AnyViewer
from grover.media.cards import MediaCard, with_viewer
from grover.media.selectors import media_by_id

STORY = "story"


@dataclass(frozen=True, slots=True)
class SeenStory:
    """A story that the viewer sees, with its author and what the viewer is to them."""

    story: Story
    circle: StoryCircle


def shown_at(now: dt.datetime) -> Q:
    """Say which stories are still there: those of the last day, and those in highlights."""
    return Q(expires_at__gt=now) | Q(highlight_count__gt=0)


def get_story(viewer: AnyViewer, story_id: uuid.UUID, *, now: dt.datetime) -> StoryCard:
    """Read one story; NotFound when it is gone or not for the viewer."""
    seen = visible_story(viewer, story_id, now=now)
    return cards_of([seen.story], seen.circle)[0]


def visible_story(viewer: AnyViewer, story_id: uuid.UUID, *, now: dt.datetime) -> SeenStory:
    """Read the row of a story for an action on it; NotFound when it is gone or not for the viewer."""
    circle = StoryCircle(viewer)
    found = _visible(circle, [story_id], now)
    if not found:
        raise NotFound
    return SeenStory(found[0], circle)


def sees_story(viewer: AnyViewer, story_id: uuid.UUID, *, now: dt.datetime) -> bool:
    """Tell whether a story is there and for the viewer."""
    return bool(_visible(StoryCircle(viewer), [story_id], now))


def stories_by_id(
    ids: Collection[uuid.UUID], viewer: AnyViewer, *, now: dt.datetime
) -> dict[uuid.UUID, StoryCard]:
    """Read those of these stories that are there and for the viewer, in seven queries at most."""
    circle = StoryCircle(viewer)
    return {card.id: card for card in cards_of(_visible(circle, ids, now), circle)}


def stories_of(
    viewer: AnyViewer, reference: str, request: PageRequest, *, now: dt.datetime
) -> Page[StoryCard]:
    """Read a page of the stories of the last day of whom a path names, the oldest first.

    NotFound when the person is hidden from the viewer; of those they show nothing the page is empty.
    """
    author_id = user_id_of(reference)
    circle = StoryCircle(viewer)
    circle.meet([author_id])
    if circle.unblocked(author_id) is None:
        raise NotFound
    rows = Story.objects.filter(circle.stories_of(author_id), author_id=author_id, expires_at__gt=now)
    return keyset_page(rows, request, order=("id",)).map(lambda found: cards_of(found, circle))


def cards_of(stories: Sequence[Story], circle: StoryCircle) -> list[StoryCard]:
    """Show stories, whose authors were met and which are for the viewer, in three queries."""
    media = media_by_id([story.media_id for story in stories if story.media_id is not None])
    marks = _marks(circle.viewer, stories)
    return [
        _card(story, author, media.get(story.media_id or story.pk), marks[story.pk], circle.viewer)
        for story in stories
        if (author := circle.person(story.author_id)) is not None
    ]


def _visible(circle: StoryCircle, ids: Collection[uuid.UUID], now: dt.datetime) -> list[Story]:
    stories = list(Story.objects.filter(shown_at(now), pk__in=set(ids)))
    circle.meet({story.author_id for story in stories})
    return [story for story in stories if circle.sees_story(story)]


def _marks(viewer: AnyViewer, stories: Sequence[Story]) -> dict[uuid.UUID, StoryMarks]:
    ids = [story.pk for story in stories]
    seen: set[uuid.UUID] = set()
    reactions: dict[uuid.UUID, str] = {}
    if viewer.id is not None and ids:
        views = StoryView.objects.filter(user_id=viewer.id, story_id__in=ids)
        seen = set(views.values_list("story_id", flat=True))
        rows = StoryReaction.objects.filter(user_id=viewer.id, story_id__in=ids)
        reactions = dict(rows.values_list("story_id", "kind"))
    return {
        story.pk: StoryMarks(
            seen=story.author_id == viewer.id or story.pk in seen,
            reaction=reactions.get(story.pk),  # type: ignore[arg-type]
        )
        for story in stories
    }


def _card(
    story: Story, author: Person, media: MediaCard | None, marks: StoryMarks, viewer: AnyViewer
) -> StoryCard:
    return StoryCard(
        id=story.pk,
        author=author.summary,
        text=story.text,
        media=media and with_viewer(media, viewer),
        created_at=story.created_at,
        expires_at=story.expires_at,
        viewer=marks,
        insight=_insight(story) if story.author_id == viewer.id else None,
    )


def _insight(story: Story) -> StoryInsight:
    return StoryInsight(
        audience=story.audience,  # type: ignore[arg-type]
        views=story.view_count,
        reactions=story.reaction_count,
        by_reaction=story.counts_by_kind(),
        highlights=story.highlight_count,
    )
