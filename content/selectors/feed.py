"""The home feed: what a person and those they follow published or passed on, newest first.

The database is the truth: a page is read from the posts and reposts of those followed, and the posts in
the communities one is a member of, at any depth.
However many of them passed a post on, it is there once, where the last one did. A page
that was read is kept in this process, printed, and given again only while nothing it shows or leaves
out has changed; that is checked in one round trip. So nothing is written per follower when somebody
posts, and a new post is in every follower's feed as soon as it is committed.
"""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from accounts.cards.people import STRANGERS, Relation
from accounts.selectors.relations import feed_source_ids
from content.selectors.entries import Entries, Sources
from content.selectors.memberships import communities_of
from content.selectors.newest import newest_entries
from content.selectors.printed import PrintedPage, Reading, is_of_the_muted
from grover.core import caching
from grover.core.pages import PageRequest
from grover.core.viewers import Viewer

FOLLOWED = Relation(following=True)


def feed(viewer: Viewer, request: PageRequest) -> PrintedPage:
    """Give a page of the viewer's home feed, from what is kept where that is still true."""
    key = f"feed:{viewer.id}:{request.limit}:{request.after_id}"
    return caching.remember(key, partial(_read_feed, viewer, request))


def _read_feed(viewer: Viewer, request: PageRequest) -> tuple[PrintedPage, Iterable[str], int]:
    sources = _sources(viewer.id)
    people = [viewer.id, *sources.people]
    sources = replace(sources, people=people)

    def newest(part: PageRequest) -> Entries:
        return newest_entries(sources, viewer_id=viewer.id, before=part.after_id, limit=part.limit + 1)

    relations = dict.fromkeys(people, FOLLOWED) | {viewer.id: STRANGERS}
    reading = Reading(viewer, newest, relations, sources=frozenset(people), leaves_out=is_of_the_muted)
    depends_on = [f"user:{key}" for key in people] + [f"community:{key}" for key in sources.communities]
    return reading.printed(request, *depends_on)


def _sources(viewer_id: uuid.UUID) -> Sources:
    """List whom the viewer follows, and where they are a member.

    Somebody suspended since then is dropped with their cards.
    """
    return caching.remember(f"feed_sources:{viewer_id}", partial(_read_sources, viewer_id))


def _read_sources(viewer_id: uuid.UUID) -> tuple[Sources, Iterable[str], int]:
    sources = Sources(feed_source_ids(viewer_id), communities_of(viewer_id))
    size = 100 * (len(sources.people) + len(sources.communities))
    return sources, [f"relations:{viewer_id}", f"memberships:{viewer_id}"], size
