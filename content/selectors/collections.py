"""Collections, and the posts in them, as one viewer sees them."""

import uuid
from collections.abc import Sequence

from django.db.models import Count

from accounts.selectors.people import user_id_of
from accounts.selectors.relations import visible_person
from content.cards import CollectionCard, PostCard
from content.models import Collection, CollectionFollow, CollectionItem
from content.policies.visibility import can_see_collection
from content.selectors.circles import Circle
from content.selectors.posts import posts_by_id
from grover.core.errors import NotFound
from grover.core.pages import Page, PageRequest, filled_page, keyset_page
from grover.core.viewers import AnyViewer, Viewer


def visible_collection(viewer: AnyViewer, collection_id: uuid.UUID) -> Collection:
    """Read the row of a collection; NotFound when it is gone or not for the viewer."""
    row = Collection.objects.filter(pk=collection_id).first()
    if row is None or not _sees(_circle_of(viewer, [row]), row):
        raise NotFound
    return row


def get_collection(viewer: AnyViewer, collection_id: uuid.UUID) -> CollectionCard:
    """Read one collection; NotFound when it is gone or not for the viewer."""
    return collection_card(viewer, visible_collection(viewer, collection_id))


def own_collections(viewer: Viewer, request: PageRequest) -> Page[CollectionCard]:
    """Read a page of the viewer's collections, the last begun first."""
    rows = Collection.objects.filter(owner_id=viewer.id)
    return keyset_page(rows, request).map(lambda found: _cards(_circle_of(viewer, found), found))


def collections_on_profile(viewer: AnyViewer, reference: str, request: PageRequest) -> Page[CollectionCard]:
    """Read a page of the collections of whom a path names that the viewer sees.

    NotFound when the person is hidden from the viewer.
    """
    owner_id = user_id_of(reference)
    visible_person(viewer, owner_id)
    rows = Collection.objects.filter(owner_id=owner_id)
    if viewer.id != owner_id:
        rows = rows.filter(is_public=True)

    def show(found: list[Collection]) -> list[CollectionCard]:
        circle = _circle_of(viewer, found)
        return _cards(circle, [row for row in found if _sees(circle, row)])

    return keyset_page(rows, request).map(show)


def posts_in_collection(viewer: AnyViewer, collection_id: uuid.UUID, request: PageRequest) -> Page[PostCard]:
    """Read a page of the posts in a collection that the viewer sees, the last put in first."""
    visible_collection(viewer, collection_id)
    rows = CollectionItem.objects.filter(collection_id=collection_id)

    def keep(found: list[CollectionItem]) -> list[PostCard | None]:
        cards = {card.id: card for card in posts_by_id([row.post_id for row in found], viewer)}
        return [cards.get(row.post_id) for row in found]

    return filled_page(lambda part: keyset_page(rows, part), keep, request, lambda row: (row.pk,))


def collection_card(viewer: AnyViewer, row: Collection) -> CollectionCard:
    """Show a collection that the viewer sees."""
    [card] = _cards(_circle_of(viewer, [row]), [row])
    return card


def _circle_of(viewer: AnyViewer, rows: Sequence[Collection]) -> Circle:
    circle = Circle(viewer)
    circle.meet({row.owner_id for row in rows})
    return circle


def _sees(circle: Circle, row: Collection) -> bool:
    return can_see_collection(
        circle.viewer,
        owner=circle.person(row.owner_id),
        is_public=row.is_public,
        relation=circle.relation(row.owner_id),
    )


def _cards(circle: Circle, rows: Sequence[Collection]) -> list[CollectionCard]:
    """Show collections whose owners were met: two queries."""
    ids = [row.pk for row in rows]
    if not ids:
        return []
    counts = CollectionItem.objects.filter(collection_id__in=ids).values_list("collection_id")
    items = dict(counts.annotate(number=Count("pk")))
    followed = _followed(circle.viewer, ids)
    return [
        CollectionCard(
            id=row.pk,
            owner=owner.summary,
            title=row.title,
            description=row.description,
            is_public=row.is_public,
            posts=items.get(row.pk, 0),
            followers=row.follower_count,
            following=row.pk in followed,
            created_at=row.created_at,
        )
        for row in rows
        if (owner := circle.person(row.owner_id)) is not None
    ]


def _followed(viewer: AnyViewer, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    if viewer.id is None:
        return set()
    rows = CollectionFollow.objects.filter(user_id=viewer.id, collection_id__in=ids)
    return set(rows.values_list("collection_id", flat=True))
