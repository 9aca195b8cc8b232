"""The tray: a ring for everybody the viewer follows who has stories for them.

However many people are followed, it is read in eight queries: whom the viewer follows, their stories of
the last day, whose close friend the viewer is, what of it they saw, and what those on the page are to them.
A page is kept and given again while nothing it depends on has changed and no story in the tray has ended.
"""

import datetime as dt
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.selectors.relations import feed_source_ids
from content.cards.stories import RingCard
from content.enums import StoryAudience
from content.models import Story, StoryView
from content.models.stories import LIFETIME
from content.policies.visibility import moderations_seen
from content.selectors.circles import Circle
from content.selectors.close_friends import close_to
from grover.core import caching
from grover.core.errors import InvalidCursor
from grover.core.ids import smallest_id_at
from grover.core.pages import Page, PageRequest, Position, filled_page
from grover.core.viewers import Viewer

OWN, UNSEEN, SEEN = range(3)
SIZE_OF_A_RING = 600  # bytes, roughly, as Python objects


@dataclass(frozen=True, slots=True)
class Ring:
    """Somebody's stories, as far as they are for the viewer."""

    author_id: uuid.UUID
    group: int
    story_count: int
    unseen_count: int
    latest_id: uuid.UUID
    latest_at: dt.datetime

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in the tray: one's own, then what is new, then the rest, the latest first."""
        return self.group, -self.latest_id.int


@dataclass(frozen=True, slots=True)
class _Found:
    """A story of the last day, as much as a ring needs of it."""

    id: uuid.UUID
    author_id: uuid.UUID
    audience: str
    moderation: str
    created_at: dt.datetime
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class _KeptTray:
    """A page as it was at a moment; true until the first of the stories in it ends."""

    page: Page[RingCard]
    read_at: dt.datetime
    ends_at: dt.datetime


def tray(viewer: Viewer, request: PageRequest, *, now: dt.datetime) -> Page[RingCard]:
    """Read a page of the viewer's tray; without whom they mute.

    A ring whose last story was seen between two pages moves on, and may then be met again.
    """
    key = f"tray:{viewer.id}:{request.limit}:{request.after}"
    kept: _KeptTray | None = caching.recall([key]).get(key)
    if kept is not None and kept.read_at <= now < kept.ends_at:
        return kept.page
    started = time.time()
    authors = [viewer.id, *feed_source_ids(viewer.id)]
    found = _stories_for(viewer, authors, now)
    page = _read(viewer, found, request, now)
    ends_at = min((story.expires_at for story in found), default=now + LIFETIME)
    size = SIZE_OF_A_RING * (1 + len(page.items))
    caching.keep({key: (_KeptTray(page, now, ends_at), _stamps(viewer, authors), size)}, read_since=started)
    return page


def _stamps(viewer: Viewer, authors: Iterable[uuid.UUID]) -> list[str]:
    """Name what a tray depends on besides the time."""
    own = [f"{what}:{viewer.id}" for what in ("relations", "stories_seen", "close_to")]
    return own + [f"{what}:{key}" for key in authors for what in ("user", "stories")]


def _read(viewer: Viewer, found: Sequence[_Found], request: PageRequest, now: dt.datetime) -> Page[RingCard]:
    rings = _rings(viewer, found, now)
    circle = Circle(viewer)

    def read(part: PageRequest) -> Page[Ring]:
        later = rings if part.after is None else [ring for ring in rings if ring.place > _place(part.after)]
        items = later[: part.limit]
        return Page(items, _position(items[-1]) if len(later) > len(items) else None)

    def keep(found: list[Ring]) -> list[RingCard | None]:
        circle.meet(ring.author_id for ring in found)
        return [_card(ring, circle) for ring in found]

    return filled_page(read, keep, request, _position)


def _rings(viewer: Viewer, found: Iterable[_Found], now: dt.datetime) -> list[Ring]:
    by_author: dict[uuid.UUID, list[_Found]] = defaultdict(list)
    for story in found:
        by_author[story.author_id].append(story)
    seen = _seen_by(viewer, now)
    rings = (_ring(viewer, author_id, stories, seen) for author_id, stories in by_author.items())
    return sorted(rings, key=lambda ring: ring.place)


def _stories_for(viewer: Viewer, authors: Sequence[uuid.UUID], now: dt.datetime) -> list[_Found]:
    """List the stories of the last day of these authors, as far as the viewer sees them."""
    rows = Story.objects.filter(author_id__in=authors, expires_at__gt=now)
    columns = ("pk", "author_id", "audience", "moderation", "created_at", "expires_at")
    found = [_Found(*row) for row in rows.values_list(*columns)]
    found = [story for story in found if story.moderation in moderations_seen(viewer, story.author_id)]
    narrow = {story.author_id for story in found if story.audience == StoryAudience.CLOSE_FRIENDS}
    close = close_to(viewer, narrow) | {viewer.id}
    return [
        story for story in found if story.audience != StoryAudience.CLOSE_FRIENDS or story.author_id in close
    ]


def _seen_by(viewer: Viewer, now: dt.datetime) -> set[uuid.UUID]:
    """Name the stories of the last day that the viewer saw; the id of a story tells when it was made."""
    views = StoryView.objects.filter(user_id=viewer.id, story_id__gte=smallest_id_at(now - LIFETIME))
    return set(views.values_list("story_id", flat=True))


def _ring(viewer: Viewer, author_id: uuid.UUID, found: Iterable[_Found], seen: set[uuid.UUID]) -> Ring:
    stories = list(found)
    latest = max(stories, key=lambda story: story.id)
    is_own = author_id == viewer.id
    unseen_count = 0 if is_own else sum(story.id not in seen for story in stories)
    return Ring(
        author_id=author_id,
        group=OWN if is_own else UNSEEN if unseen_count else SEEN,
        story_count=len(stories),
        unseen_count=unseen_count,
        latest_id=latest.id,
        latest_at=latest.created_at,
    )


def _position(ring: Ring) -> Position:
    return ring.group, str(ring.latest_id)


def _place(position: Position) -> tuple[int, int]:
    try:
        group, latest_id = position
        return int(group), -uuid.UUID(latest_id).int
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidCursor from error


def _card(ring: Ring, circle: Circle) -> RingCard | None:
    person = circle.unblocked(ring.author_id)
    if person is None:
        return None
    return RingCard(
        author=person.summary,
        story_count=ring.story_count,
        unseen_count=ring.unseen_count,
        has_unseen=ring.unseen_count > 0,
        latest_at=ring.latest_at,
    )
