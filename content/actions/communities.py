"""Founding, joining, keeping and closing communities."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from content.actions.memberships import add_member, count_members, hold_membership, remove_member
from content.cards import CommunityCard
from content.enums import CommunityRole
from content.errors import NotAllowedInCommunity, OwnerCannotLeave, TooManyCommunities
from content.events import (
    CommunityClosed,
    CommunityEdited,
    CommunityFounded,
    MemberJoined,
    MemberLeft,
    MemberPromoted,
    MemberRemoved,
    MembershipRequested,
)
from content.models import Community, CommunityMember, CommunityRequest
from content.policies.communities import may_appoint, may_remove
from content.selectors.communities import (
    MODERATING,
    community_cards,
    find_community,
    get_community,
    moderates,
    role_of,
)
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.errors import NotFound
from grover.core.events import emit
from grover.core.ids import new_id
from grover.core.jobs import enqueue_durable
from grover.core.races import LostRace, settled
from grover.core.viewers import Viewer

MOST_COMMUNITIES = 500


@settled
def found_community(
    actor: Viewer, *, name: str, description: str = "", rules: str = "", is_private: bool = False
) -> CommunityCard:
    """Found a community and be its owner."""
    _check_room(actor)
    row = Community(id=new_id(), name=name, description=description, rules=rules, is_private=is_private)
    _found(actor, row)
    return get_community(actor, row.pk)


@atomic
def _found(actor: Viewer, row: Community) -> None:
    row.save(force_insert=True)
    add_member(actor.id, row.pk, CommunityRole.OWNER)
    emit(CommunityFounded(community_id=row.pk, owner_id=actor.id))


def edit_community(
    actor: Viewer,
    *,
    community_id: uuid.UUID,
    changes: Mapping[str, Any],
    precondition: Callable[[CommunityCard], None] | None = None,
) -> CommunityCard:
    """Change what a community that one owns says of itself; `precondition` may refuse on it as it is."""
    _edit(actor, community_id, changes, precondition)
    return get_community(actor, community_id)


@settled
def _edit(
    actor: Viewer,
    community_id: uuid.UUID,
    changes: Mapping[str, Any],
    precondition: Callable[[CommunityCard], None] | None,
) -> None:
    row = find_community(community_id)
    _check_owner(actor, community_id)
    if precondition is not None:
        precondition(community_cards(actor, [row])[0])
    if any(getattr(row, name) != value for name, value in changes.items()):
        _write(actor, row, changes)


@atomic
def _write(actor: Viewer, row: Community, changes: Mapping[str, Any]) -> None:
    same = Community.objects.filter(pk=row.pk, version=row.version)
    if same.update(**changes, version=row.version + 1) != 1:
        raise LostRace
    emit(CommunityEdited(community_id=row.pk, user_id=actor.id))


@settled
def close_community(actor: Viewer, *, community_id: uuid.UUID) -> None:
    """Close a community that one owns.

    Its posts stay with their authors; those of a private one, which were for its members, become private.
    """
    row = find_community(community_id)
    _check_owner(actor, community_id)
    remove_community(row)


@atomic
def remove_community(row: Community) -> None:
    """Remove a community, whoever asked for it; what hangs on it follows in a job."""
    if Community.objects.filter(pk=row.pk).delete()[0] != 1:
        raise LostRace
    enqueue_durable("content.tasks.erase_remains_of_community", community_id=row.pk)
    emit(CommunityClosed(community_id=row.pk))
    bump(f"community:{row.pk}")


def join(actor: Viewer, *, community_id: uuid.UUID) -> CommunityCard:
    """Become a member of a public community, or ask to become one of a private one; again changes nothing."""
    _join(actor, community_id)
    return get_community(actor, community_id)


@settled
def _join(actor: Viewer, community_id: uuid.UUID) -> None:
    row = find_community(community_id)
    if role_of(actor, community_id) is not None:
        return
    _check_room(actor)
    if row.is_private:
        _ask(actor, community_id)
    else:
        _enter(actor.id, community_id)


@atomic
def _ask(actor: Viewer, community_id: uuid.UUID) -> None:
    if CommunityRequest.objects.filter(user_id=actor.id, community_id=community_id).exists():
        return
    count_members(community_id, 0)
    CommunityRequest.objects.create(user_id=actor.id, community_id=community_id)
    emit(MembershipRequested(community_id=community_id, user_id=actor.id))


@atomic
def _enter(user_id: uuid.UUID, community_id: uuid.UUID) -> None:
    add_member(user_id, community_id, CommunityRole.MEMBER)
    emit(MemberJoined(community_id=community_id, user_id=user_id))


def leave(actor: Viewer, *, community_id: uuid.UUID) -> CommunityCard:
    """Be no member any more, or take the request to become one back; OwnerCannotLeave to the owner."""
    _leave(actor, community_id)
    return get_community(actor, community_id)


@settled
@atomic
def _leave(actor: Viewer, community_id: uuid.UUID) -> None:
    find_community(community_id)
    role = role_of(actor, community_id)
    if role == CommunityRole.OWNER:
        raise OwnerCannotLeave
    CommunityRequest.objects.filter(user_id=actor.id, community_id=community_id).delete()
    if role is not None:
        remove_member(actor.id, community_id, role)
        emit(MemberLeft(community_id=community_id, user_id=actor.id))


@settled
@atomic
def accept_request(actor: Viewer, *, community_id: uuid.UUID, request_id: uuid.UUID) -> CommunityCard:
    """Let somebody who asked become a member."""
    row = _take_request(actor, community_id, request_id)
    _enter(row.user_id, community_id)
    return get_community(actor, community_id)


@settled
@atomic
def reject_request(actor: Viewer, *, community_id: uuid.UUID, request_id: uuid.UUID) -> None:
    """Turn somebody down who asked; they may ask again."""
    _take_request(actor, community_id, request_id)


def _take_request(actor: Viewer, community_id: uuid.UUID, request_id: uuid.UUID) -> CommunityRequest:
    find_community(community_id)
    if not moderates(actor, community_id):
        raise NotAllowedInCommunity
    hold_membership(actor.id, community_id)
    row = CommunityRequest.objects.filter(pk=request_id, community_id=community_id).first()
    if row is None:
        raise NotFound
    if CommunityRequest.objects.filter(pk=request_id).delete()[0] != 1:
        raise LostRace
    return row


@settled
@atomic
def set_role(actor: Viewer, *, community_id: uuid.UUID, user_id: uuid.UUID, role: str) -> None:
    """Appoint or dismiss a moderator, or hand the community over, as its owner."""
    find_community(community_id)
    before = _role_or_not_found(community_id, user_id)
    if not may_appoint(role_of(actor, community_id), is_self=actor.id == user_id):
        raise NotAllowedInCommunity
    if before == role:
        return
    count_members(community_id, 0)
    _change_role(community_id, user_id, before, role)
    if role == CommunityRole.OWNER:
        _change_role(community_id, actor.id, CommunityRole.OWNER, CommunityRole.MODERATOR)
    emit(MemberPromoted(community_id=community_id, user_id=user_id, by_id=actor.id, role=role))


def _change_role(community_id: uuid.UUID, user_id: uuid.UUID, before: str, after: str) -> None:
    same = CommunityMember.objects.filter(community_id=community_id, user_id=user_id, role=before)
    if same.update(role=after) != 1:
        raise LostRace


@settled
@atomic
def expel(actor: Viewer, *, community_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Remove a member of a lower role than one's own; what they posted stays."""
    find_community(community_id)
    role = _role_or_not_found(community_id, user_id)
    if not may_remove(role_of(actor, community_id), role):
        raise NotAllowedInCommunity
    hold_membership(actor.id, community_id)
    remove_member(user_id, community_id, role)
    emit(MemberRemoved(community_id=community_id, user_id=user_id, by_id=actor.id))


def _role_or_not_found(community_id: uuid.UUID, user_id: uuid.UUID) -> str:
    rows = CommunityMember.objects.filter(community_id=community_id, user_id=user_id)
    role = rows.values_list("role", flat=True).first()
    if role is None:
        raise NotFound
    return role


def _check_owner(actor: Viewer, community_id: uuid.UUID) -> None:
    if role_of(actor, community_id) != CommunityRole.OWNER:
        raise NotAllowedInCommunity


def _check_room(actor: Viewer) -> None:
    if CommunityMember.objects.filter(user_id=actor.id).count() >= MOST_COMMUNITIES:
        raise TooManyCommunities


@settled
@atomic
def quit_for_good(user_id: uuid.UUID, community_id: uuid.UUID) -> None:
    """Remove a member who is erased; an owner is followed by who has been a moderator, or member, longest."""
    rows = CommunityMember.objects.filter(community_id=community_id)
    own = rows.filter(user_id=user_id).first()
    community = Community.objects.filter(pk=community_id).first()
    if own is None:
        return
    if community is None:
        own.delete()
        return
    if own.role == CommunityRole.OWNER:
        others = rows.exclude(user_id=user_id).order_by("pk")
        heir = others.filter(role__in=MODERATING).first() or others.first()
        if heir is None:
            own.delete()
            remove_community(community)
            return
        _change_role(community_id, heir.user_id, heir.role, CommunityRole.OWNER)
    remove_member(user_id, community_id, own.role)
