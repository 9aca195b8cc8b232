"""The people whose stories one reading meets, and which of their stories are for the viewer."""

import uuid
from collections.abc import Iterable

from django.db.models import Q

from content.models import Story
from content.policies.visibility import audiences_with, moderations_seen
from content.selectors.circles import Circle
from content.selectors.close_friends import close_to
from grover.core.viewers import AnyViewer


class StoryCircle(Circle):
    """People, relations and close friends, read as they are met: three queries for each group."""

    def __init__(self, viewer: AnyViewer) -> None:
        super().__init__(viewer)
        self._close_to: set[uuid.UUID] = set()

    def meet(self, ids: Iterable[uuid.UUID]) -> None:
        """Read those of these people who are not known yet."""
        new = set(ids) - self._people.keys()
        super().meet(new)
        self._close_to |= close_to(self.viewer, new)

    def audiences(self, author_id: uuid.UUID) -> frozenset[str]:
        """Name for whom the stories of somebody who was met must be, so that the viewer may see them."""
        return audiences_with(
            self.viewer,
            self.person(author_id),
            self.relation(author_id),
            is_close_friend=author_id in self._close_to,
        )

    def sees_story(self, story: Story) -> bool:
        """Tell whether a story, whose author was met, is for the viewer; not whether it is still there."""
        return story.audience in self.audiences(story.author_id) and story.moderation in moderations_seen(
            self.viewer, story.author_id
        )

    def stories_of(self, author_id: uuid.UUID, prefix: str = "") -> Q:
        """Say which stories of somebody who was met are for the viewer; `prefix` leads to the story."""
        seen = moderations_seen(self.viewer, author_id)
        return Q(
            **{f"{prefix}audience__in": self.audiences(author_id), f"{prefix}moderation__in": list(seen)}
        )
