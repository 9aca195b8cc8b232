"""The posts on a profile: a person's own, newest first, as far as the viewer may see them."""

import uuid
from collections.abc import Iterable
from functools import partial

from django.db.models import QuerySet

from accounts.cards.people import Person, Relation
from accounts.selectors.people import user_id_of
from accounts.selectors.relations import visible_person
from content.enums import Visibility
from content.models import Post, Repost
from content.selectors.entries import Entries, Entry, newest_of
from content.selectors.printed import NOTHING, PrintedPage, Reading
from grover.core import caching
from grover.core.pages import PageRequest
from grover.core.viewers import AnyViewer


def posts_on_profile(
    viewer: AnyViewer,
    reference: str,
    request: PageRequest,
    *,
    pinned: bool = False,
    showing: str = "",
) -> PrintedPage:
    """Read a page of the posts of whom a path names; NotFound when the person is hidden from the viewer.

    With `showing`, only those with an upload of this kind.

    Of a private account those it has not accepted get an empty page.
    """
    author_id = user_id_of(reference)
    key = f"profile_posts:{author_id}:{viewer.id}:{request.limit}:{request.after_id}:{pinned}:{showing}"
    return caching.remember(key, partial(_read, viewer, author_id, request, pinned, showing))


def _read(
    viewer: AnyViewer, author_id: uuid.UUID, request: PageRequest, pinned: bool, showing: str
) -> tuple[PrintedPage, Iterable[str], int]:
    person, relation = visible_person(viewer, author_id)
    depends_on = (f"user:{author_id}", f"relations:{viewer.id}")
    if person.is_private and viewer.id != author_id and not relation.following:
        return NOTHING, depends_on, 500
    rows = _meant_for(viewer, author_id, relation)
    if showing:
        rows = rows.filter(**{f"has_{showing}": True})
    if pinned:
        rows = rows.filter(pinned_at__isnull=False)
    return _reading(viewer, person, relation, rows).printed(request, *depends_on)


def reposts_on_profile(viewer: AnyViewer, reference: str, request: PageRequest) -> PrintedPage:
    """Read a page of what whom a path names passed on; NotFound when the person is hidden from the viewer.

    Of a private account those it has not accepted get an empty page.
    """
    user_id = user_id_of(reference)
    key = f"profile_reposts:{user_id}:{viewer.id}:{request.limit}:{request.after_id}"
    return caching.remember(key, partial(_read_reposts, viewer, user_id, request))


def _read_reposts(
    viewer: AnyViewer, user_id: uuid.UUID, request: PageRequest
) -> tuple[PrintedPage, Iterable[str], int]:
    person, relation = visible_person(viewer, user_id)
    depends_on = (f"user:{user_id}", f"relations:{viewer.id}")
    if person.is_private and viewer.id != user_id and not relation.following:
        return NOTHING, depends_on, 500
    rows = Repost.objects.filter(user_id=user_id).select_related("post")

    def newest(part: PageRequest) -> Entries:
        older = rows if part.after_id is None else rows.filter(id__lt=part.after_id)
        found = older.order_by("-id")[: part.limit + 1]
        return Entries([Entry(row.pk, row.post, row.user_id) for row in found])

    return Reading(viewer, newest, {user_id: relation}).printed(request, *depends_on)


def _meant_for(viewer: AnyViewer, author_id: uuid.UUID, relation: Relation) -> QuerySet[Post]:
    """Leave out early what `can_see_post` would drop, so that a page is full at the first reading."""
    rows = Post.objects.filter(author_id=author_id)
    if viewer.id == author_id:
        return rows
    if relation.following:
        return rows.exclude(visibility=Visibility.PRIVATE)
    return rows.filter(visibility__in=[Visibility.PUBLIC, Visibility.SUBSCRIBERS])


def _reading(viewer: AnyViewer, person: Person, relation: Relation, rows: QuerySet[Post]) -> Reading:
    author_id = person.summary.id
    return Reading(viewer, partial(newest_of, rows), {author_id: relation}, {author_id: person})
