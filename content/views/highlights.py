"""Highlights over REST."""

import functools
import uuid

from django.http import HttpResponse
from rest_framework.request import Request

from content.actions import highlights
from content.cards.stories import HighlightCard, StoryCard
from content.errors import HighlightFull, NotTheAuthor, TooManyHighlights
from content.selectors.highlights import get_highlight, highlights_of, stories_in_highlight
from content.serializers.stories import HighlightChanges, HighlightInput
from grover.core.conditional import check_if_match
from grover.core.errors import Conflict
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class HighlightViewSet(ApiViewSet):
    """Stories that stay on a profile."""

    public = frozenset({"retrieve", "stories"})

    @operation("List one's highlights", description="In the order they stand in.", page_of=HighlightCard)
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(highlights_of(self.viewer, str(self.viewer.id), self.page_request()))

    @operation(
        "Begin a highlight",
        description="After one's others. Its stories are one's own, of the last day or of other highlights.",
        body=HighlightInput,
        card=HighlightCard,
        status=201,
        errors=(TooManyHighlights, Conflict),
        example={"title": "Lisbon"},
    )
    def create(self, request: Request) -> HttpResponse:
        card = highlights.create_highlight(self.viewer, **self.read(HighlightInput))
        return self.answer(card, status=201, location=f"/api/v1/highlights/{card.id}")

    @operation("Read a highlight", card=HighlightCard, conditional=True)
    def retrieve(self, request: Request, highlight_id: str) -> HttpResponse:
        return self.answer_resource(get_highlight(self.viewer, self.path_id(highlight_id)))

    @operation(
        "Change a highlight",
        body=HighlightChanges,
        card=HighlightCard,
        errors=(NotTheAuthor, Conflict),
        conditional=True,
        example={"title": "Porto", "position": 0},
    )
    def partial_update(self, request: Request, highlight_id: str) -> HttpResponse:
        card = highlights.change_highlight(
            self.viewer,
            highlight_id=self.path_id(highlight_id),
            changes=self.read(HighlightChanges, partial=True),
            precondition=functools.partial(check_if_match, request),
        )
        return self.answer(card)

    @operation(
        "Delete a highlight",
        description="Of its stories, those past their day that are in no other highlight are deleted.",
        errors=(NotTheAuthor, Conflict),
    )
    def destroy(self, request: Request, highlight_id: str) -> HttpResponse:
        highlights.delete_highlight(self.viewer, highlight_id=self.path_id(highlight_id))
        return self.no_content()

    @operation(
        "List the stories of a highlight",
        description="Those that are for the viewer, in the order they were put there.",
        page_of=StoryCard,
    )
    def stories(self, request: Request, highlight_id: str) -> HttpResponse:
        page = stories_in_highlight(self.viewer, self.path_id(highlight_id), self.page_request())
        return self.answer_page(page)


class HighlightStoryViewSet(ApiViewSet):
    """A story in a highlight."""

    @operation(
        "Put a story into a highlight",
        card=HighlightCard,
        errors=(NotTheAuthor, HighlightFull, Conflict),
    )
    def set(self, request: Request, highlight_id: str, story_id: str) -> HttpResponse:
        return self.answer(highlights.add_to_highlight(self.viewer, **self._named(highlight_id, story_id)))

    @operation(
        "Take a story out of a highlight",
        description="Past its day and in no other highlight it is deleted.",
        card=HighlightCard,
        errors=(NotTheAuthor, Conflict),
    )
    def clear(self, request: Request, highlight_id: str, story_id: str) -> HttpResponse:
        return self.answer(highlights.take_from_highlight(self.viewer, **self._named(highlight_id, story_id)))

    def _named(self, highlight_id: str, story_id: str) -> dict[str, uuid.UUID]:
        return {"highlight_id": self.path_id(highlight_id), "story_id": self.path_id(story_id)}


class UserHighlightViewSet(ApiViewSet):
    """The highlights of one person."""

    public = frozenset({"list"})

    @operation(
        "List somebody's highlights",
        description="Those that show something to the viewer, in the order they stand in.",
        page_of=HighlightCard,
    )
    def list(self, request: Request, user: str) -> HttpResponse:
        return self.answer_page(highlights_of(self.viewer, user, self.page_request()))
