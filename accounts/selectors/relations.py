"""What people are to each other, and the lists of who follows, asks, is blocked and is muted."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.cards.people import STRANGERS, FollowRequestCard, Person, PersonCard, Relation, RelationCard
from accounts.enums import AccountStatus, RelationKind
from accounts.models import Relation as RelationRow
from accounts.policies.relations import check_can_see_follows, check_can_see_person
from accounts.selectors.people import get_person, people_by_id, users_by_id
from grover.core.pages import Page, PageRequest, filled_page, keyset_page
from grover.core.viewers import AnyViewer, Viewer

_OUTGOING = {
    RelationKind.FOLLOW: "following",
    RelationKind.REQUEST: "requested",
    RelationKind.BLOCK: "blocking",
    RelationKind.MUTE: "muting",
}
_INCOMING = {
    RelationKind.FOLLOW: "followed_by",
    RelationKind.BLOCK: "blocked_by",
    RelationKind.MUTE: "muted_by",
}


@dataclass(frozen=True, slots=True)
class Circle:
    """The people around somebody: whom they follow and mute, and whom a block keeps from them."""

    follows: set[uuid.UUID]
    mutes: set[uuid.UUID]
    blocked: set[uuid.UUID]


def relations_by_id(viewer: AnyViewer, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Relation]:
    """Read what the viewer and each of these people are to each other, in one query.

    Gives an entry for every id; nobody is a stranger to themselves, but has no relation either.
    """
    others = {identifier for identifier in ids if identifier != viewer.id}
    if viewer.id is None or not others:
        return dict.fromkeys(ids, STRANGERS)
    facts: dict[uuid.UUID, dict[str, bool]] = defaultdict(dict)
    rows = RelationRow.objects.filter(
        Q(source_id=viewer.id, target_id__in=others)
        | Q(target_id=viewer.id, source_id__in=others, kind__in=list(_INCOMING))
    ).values_list("source_id", "target_id", "kind")
    for source_id, target_id, kind in rows:
        if source_id == viewer.id:
            facts[target_id][_OUTGOING[RelationKind(kind)]] = True
        else:
            facts[source_id][_INCOMING[RelationKind(kind)]] = True
    return {key: Relation(**facts[key]) if key in facts else STRANGERS for key in ids}


def feed_source_ids(viewer_id: uuid.UUID) -> list[uuid.UUID]:
    """List the active people whom somebody follows and has not muted, in one query."""
    rows = RelationRow.objects.filter(
        source_id=viewer_id,
        kind__in=[RelationKind.FOLLOW, RelationKind.MUTE],
        target__status=AccountStatus.ACTIVE,
    ).values_list("target_id", "kind")
    followed: set[uuid.UUID] = set()
    muted: set[uuid.UUID] = set()
    for target_id, kind in rows:
        (followed if kind == RelationKind.FOLLOW else muted).add(target_id)
    return list(followed - muted)


def circle_of(user_id: uuid.UUID) -> Circle:
    """List whom somebody follows and mutes, and whom a block keeps from them; in one query."""
    circle = Circle(set(), set(), set())
    rows = RelationRow.objects.filter(
        Q(source_id=user_id, kind__in=[RelationKind.FOLLOW, RelationKind.MUTE, RelationKind.BLOCK])
        | Q(target_id=user_id, kind=RelationKind.BLOCK)
    ).values_list("source_id", "target_id", "kind")
    kinds = {
        RelationKind.FOLLOW: circle.follows,
        RelationKind.MUTE: circle.mutes,
        RelationKind.BLOCK: circle.blocked,
    }
    for source_id, target_id, kind in rows:
        kinds[RelationKind(kind)].add(target_id if source_id == user_id else source_id)
    return circle


def blocked_ids(user_id: uuid.UUID, *, among: Collection[uuid.UUID] | None = None) -> set[uuid.UUID]:
    """Find whom this person blocks or is blocked by, of all people or `among` some, in one query."""
    out, back = Q(source_id=user_id), Q(target_id=user_id)
    if among is not None:
        out, back = out & Q(target_id__in=set(among)), back & Q(source_id__in=set(among))
    rows = RelationRow.objects.filter(out | back, kind=RelationKind.BLOCK)
    ends = rows.values_list("source_id", "target_id")
    return {target_id if source_id == user_id else source_id for source_id, target_id in ends}


def followers_among(user_id: uuid.UUID, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Find those of these people who follow somebody, in one query."""
    rows = RelationRow.objects.filter(source_id__in=set(ids), target_id=user_id, kind=RelationKind.FOLLOW)
    return set(rows.values_list("source_id", flat=True))


def mutual_follow_ids(user_id: uuid.UUID, *, limit: int) -> set[uuid.UUID]:
    """Find the people who follow somebody and are followed back, in two queries.

    Only the `limit` people who were followed last are looked at.
    """
    rows = RelationRow.objects.filter(source_id=user_id, kind=RelationKind.FOLLOW).order_by("-id")
    return followers_among(user_id, list(rows.values_list("target_id", flat=True)[:limit]))


def relation_to(viewer: AnyViewer, user_id: uuid.UUID) -> Relation:
    """Read what the viewer and one person are to each other."""
    return relations_by_id(viewer, [user_id])[user_id]


def relation_card(viewer: AnyViewer, user_id: uuid.UUID) -> RelationCard:
    """Read what the viewer and one person are to each other, as the viewer may know it."""
    return card_of(relation_to(viewer, user_id))


def card_of(relation: Relation) -> RelationCard:
    """Show of a relation what the viewer may know: not whether the other one blocks them."""
    return RelationCard(
        following=relation.following,
        requested=relation.requested,
        followed_by=relation.followed_by,
        blocking=relation.blocking,
        muting=relation.muting,
    )


def person_card(viewer: AnyViewer, user_id: uuid.UUID) -> PersonCard:
    """Read an active person with the viewer's relation."""
    return PersonCard(user=get_person(user_id).summary, relation=relation_card(viewer, user_id))


def visible_person(viewer: AnyViewer, user_id: uuid.UUID) -> tuple[Person, Relation]:
    """Read a person for an action on them, and the relation; NotFound when hidden from the viewer.

    Reads the database, never what was kept, so that an action decides on what is true now.
    """
    relation = relation_to(viewer, user_id)
    return check_can_see_person(people_by_id([user_id]).get(user_id), relation), relation


def followers_of(viewer: AnyViewer, user_id: uuid.UUID, request: PageRequest) -> Page[PersonCard]:
    """Read a page of who follows somebody, the newest first."""
    _check_follows_of(viewer, user_id)
    rows = RelationRow.objects.filter(target_id=user_id, kind=RelationKind.FOLLOW)
    return _page(viewer, rows, "source_id", request)


def followed_by(viewer: AnyViewer, user_id: uuid.UUID, request: PageRequest) -> Page[PersonCard]:
    """Read a page of whom somebody follows, the newest first."""
    _check_follows_of(viewer, user_id)
    rows = RelationRow.objects.filter(source_id=user_id, kind=RelationKind.FOLLOW)
    return _page(viewer, rows, "target_id", request)


def blocks_of(viewer: Viewer, request: PageRequest) -> Page[PersonCard]:
    """Read a page of whom the viewer blocks, the newest first."""
    rows = RelationRow.objects.filter(source_id=viewer.id, kind=RelationKind.BLOCK)
    return _page(viewer, rows, "target_id", request, with_blocked=True)


def mutes_of(viewer: Viewer, request: PageRequest) -> Page[PersonCard]:
    """Read a page of whom the viewer mutes, the newest first."""
    rows = RelationRow.objects.filter(source_id=viewer.id, kind=RelationKind.MUTE)
    return _page(viewer, rows, "target_id", request)


def follow_requests_of(viewer: Viewer, request: PageRequest) -> Page[FollowRequestCard]:
    """Read a page of who asks to follow the viewer, the newest first; a block ends a request."""
    rows = RelationRow.objects.filter(target_id=viewer.id, kind=RelationKind.REQUEST)

    def cards(found: list[RelationRow]) -> list[FollowRequestCard | None]:
        users = users_by_id({row.source_id for row in found})
        return [
            FollowRequestCard(id=row.pk, user=users[row.source_id], created_at=row.created_at)
            if row.source_id in users
            else None
            for row in found
        ]

    return filled_page(lambda part: keyset_page(rows, part), cards, request, lambda row: (row.pk,))


def _check_follows_of(viewer: AnyViewer, user_id: uuid.UUID) -> None:
    person, relation = visible_person(viewer, user_id)
    check_can_see_follows(viewer, person, relation)


def _page(
    viewer: AnyViewer,
    rows: QuerySet[RelationRow],
    end: str,
    request: PageRequest,
    *,
    with_blocked: bool = False,
) -> Page[PersonCard]:
    """Read a page of the people at one end of relations, without those hidden from the viewer."""

    def cards(found: list[RelationRow]) -> list[PersonCard | None]:
        ids = [getattr(row, end) for row in found]
        people, relations = people_by_id(ids), relations_by_id(viewer, ids)
        return [
            PersonCard(user=people[key].summary, relation=card_of(relations[key]))
            if key in people and (with_blocked or not relations[key].is_blocked)
            else None
            for key in ids
        ]

    return filled_page(lambda part: keyset_page(rows, part), cards, request, lambda row: (row.pk,))
