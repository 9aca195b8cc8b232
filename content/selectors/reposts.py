"""Who passed posts on."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence

from accounts.cards.people import UserSummary
from accounts.selectors.people import users_by_id
from content.cards import RepostCard
from content.models import Post, Repost
from content.selectors.entries import Entry
from content.selectors.responses import responses_to
from grover.core.pages import Page, PageRequest
from grover.core.viewers import AnyViewer

SHOWN_REPOSTERS = 3


class Reposters:
    """Who of some people passed each of some posts on, the last first."""

    def __init__(self, rows: Sequence[Repost]) -> None:
        self._rows: dict[uuid.UUID, list[Repost]] = defaultdict(list)
        for row in rows:
            self._rows[row.post_id].append(row)
        shown = {row.user_id for found in self._rows.values() for row in found}
        self._people = users_by_id(shown)

    def is_last(self, entry: Entry) -> bool:
        """Tell whether nobody passed the post on after this place of it in the list."""
        rows = self._rows.get(entry.post.pk)
        return not rows or rows[0].pk <= entry.id

    def people(self, post_id: uuid.UUID) -> list[UserSummary]:
        """Give the last of those who passed a post on, and are active."""
        rows = self._rows.get(post_id, [])
        active = [self._people[row.user_id] for row in rows if row.user_id in self._people]
        return active[:SHOWN_REPOSTERS]


def reposters_among(people: Collection[uuid.UUID], posts: Sequence[Post]) -> Reposters:
    """Find who of these people passed the posts on: in two queries, or none where nobody did at all."""
    passed_on = {post.pk for post in posts if post.repost_count}
    if not people or not passed_on:
        return Reposters([])
    rows = Repost.objects.filter(post_id__in=passed_on, user_id__in=people).order_by("-id")
    return Reposters(list(rows))


def reposts_of(viewer: AnyViewer, post_id: uuid.UUID, request: PageRequest) -> Page[RepostCard]:
    """Read a page of who passed a post on, the last first; NotFound when the viewer sees no post."""
    return responses_to(viewer, post_id, Repost.objects.filter(post_id=post_id), request, _card)


def _card(row: Repost, user: UserSummary) -> RepostCard:
    return RepostCard(user=user, created_at=row.created_at)
