"""Who passed posts on."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence

from accounts.cards.people import UserSummary
from accounts.selectors.people import users_by_id
from content.cards import RepostCard
from content.models import Post, Repost
from content.selectors.circles import Circle
from content.selectors.entries import Entry
from grover.core.errors import NotFound
from grover.core.pages import Page, PageRequest, filled_page, keyset_page
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
    post = Post.objects.filter(pk=post_id).first()
    if post is None:
        raise NotFound
    rows = Repost.objects.filter(post_id=post_id)
    circle = Circle(viewer)

    def keep(found: list[Repost]) -> list[RepostCard | None]:
        circle.meet({post.author_id, *(row.user_id for row in found)})
        if not circle.sees_post(post):
            raise NotFound
        return [_card(row, circle) for row in found]

    return filled_page(lambda part: keyset_page(rows, part), keep, request, lambda row: (row.pk,))


def _card(row: Repost, circle: Circle) -> RepostCard | None:
    person = circle.unblocked(row.user_id)
    return None if person is None else RepostCard(user=person.summary, created_at=row.created_at)
