"""Lists of close friends: one's own, and whose lists the viewer is on, which nobody ever shows."""

import uuid
from collections.abc import Collection

from accounts.cards.people import PersonCard
from accounts.selectors.relations import card_of
from content.models import CloseFriend
from content.selectors.circles import Circle
from grover.core.pages import Page, PageRequest, filled_page, keyset_page
from grover.core.viewers import AnyViewer, Viewer


def close_friends_of(viewer: Viewer, request: PageRequest) -> Page[PersonCard]:
    """Read a page of the viewer's close friends, the last added first."""
    rows = CloseFriend.objects.filter(user_id=viewer.id)
    circle = Circle(viewer)

    def keep(found: list[CloseFriend]) -> list[PersonCard | None]:
        circle.meet(row.friend_id for row in found)
        return [_card(row.friend_id, circle) for row in found]

    return filled_page(lambda part: keyset_page(rows, part), keep, request, lambda row: (row.pk,))


def close_to(viewer: AnyViewer, user_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Find those of these people who count the viewer among their close friends, in one query."""
    others = set(user_ids) - {viewer.id}
    if viewer.id is None or not others:
        return set()
    rows = CloseFriend.objects.filter(friend_id=viewer.id, user_id__in=others)
    return set(rows.values_list("user_id", flat=True))


def _card(friend_id: uuid.UUID, circle: Circle) -> PersonCard | None:
    person = circle.unblocked(friend_id)
    if person is None:
        return None
    return PersonCard(user=person.summary, relation=card_of(circle.relation(friend_id)))
