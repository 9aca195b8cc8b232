"""Rows of members, which what happens in a community holds on to."""

import uuid

from django.db.models import F

from content.models import Community, CommunityMember
from grover.core.caching import bump
from grover.core.races import LostRace


def hold_membership(user_id: uuid.UUID, community_id: uuid.UUID) -> None:
    """Keep somebody a member until the open transaction commits; LostRace when they are none."""
    rows = CommunityMember.objects.filter(user_id=user_id, community_id=community_id)
    if rows.update(role=F("role")) != 1:
        raise LostRace


def add_member(user_id: uuid.UUID, community_id: uuid.UUID, role: str) -> None:
    """Add a member and count them; joins the caller's transaction, LostRace when the community is gone."""
    count_members(community_id, 1)
    CommunityMember.objects.create(user_id=user_id, community_id=community_id, role=role)
    bump(f"memberships:{user_id}", f"community:{community_id}")


def remove_member(user_id: uuid.UUID, community_id: uuid.UUID, role: str) -> None:
    """Remove a member of this role and count them no more; LostRace when they are no such one."""
    count_members(community_id, -1)
    rows = CommunityMember.objects.filter(user_id=user_id, community_id=community_id, role=role)
    if rows.delete()[0] != 1:
        raise LostRace
    bump(f"memberships:{user_id}", f"community:{community_id}")


def count_members(community_id: uuid.UUID, by: int) -> None:
    """Change the number of members, or hold the community with 0; LostRace when it is gone."""
    this = Community.objects.filter(pk=community_id)
    if this.update(member_count=F("member_count") + by, version=F("version") + 1) != 1:
        raise LostRace
