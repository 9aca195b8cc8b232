"""Who saw a story, for its author alone."""

import datetime as dt
import uuid

from content.cards.stories import StoryViewerCard
from content.errors import NotTheAuthor
from content.models import StoryReaction, StoryView
from content.selectors.circles import Circle
from content.selectors.stories import visible_story
from grover.core.pages import Page, PageRequest, filled_page, keyset_page
from grover.core.viewers import Viewer


def viewers_of(
    viewer: Viewer, story_id: uuid.UUID, request: PageRequest, *, now: dt.datetime
) -> Page[StoryViewerCard]:
    """Read a page of who saw a story of the viewer's, the last first; without whom a block hides."""
    if visible_story(viewer, story_id, now=now).story.author_id != viewer.id:
        raise NotTheAuthor
    rows = StoryView.objects.filter(story_id=story_id)
    circle = Circle(viewer)

    def keep(found: list[StoryView]) -> list[StoryViewerCard | None]:
        circle.meet(row.user_id for row in found)
        reacted = StoryReaction.objects.filter(story_id=story_id, user_id__in=[row.user_id for row in found])
        reactions = dict(reacted.values_list("user_id", "kind"))
        return [_card(row, circle, reactions.get(row.user_id)) for row in found]

    return filled_page(lambda part: keyset_page(rows, part), keep, request, lambda row: (row.pk,))


def _card(row: StoryView, circle: Circle, reaction: str | None) -> StoryViewerCard | None:
    person = circle.unblocked(row.user_id)
    if person is None:
        return None
    return StoryViewerCard(user=person.summary, seen_at=row.created_at, reaction=reaction)  # type: ignore[arg-type]
