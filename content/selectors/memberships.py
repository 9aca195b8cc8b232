"""Of which communities people are members."""

import uuid
from collections.abc import Collection
from functools import cached_property

from content.models import CommunityMember
from grover.core.viewers import AnyViewer


class Memberships:
    """The communities that the viewer is a member of, read when first asked for, in one query."""

    def __init__(self, viewer: AnyViewer) -> None:
        self._viewer_id = viewer.id

    def __contains__(self, community_id: object) -> bool:
        return community_id in self._ids

    @cached_property
    def _ids(self) -> frozenset[uuid.UUID]:
        return frozenset() if self._viewer_id is None else frozenset(communities_of(self._viewer_id))


def communities_of(user_id: uuid.UUID) -> list[uuid.UUID]:
    """List the communities that somebody is a member of."""
    rows = CommunityMember.objects.filter(user_id=user_id)
    return list(rows.values_list("community_id", flat=True))


def members_among(community_id: uuid.UUID, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Find who of these people is a member of a community."""
    rows = CommunityMember.objects.filter(community_id=community_id, user_id__in=list(ids))
    return set(rows.values_list("user_id", flat=True))
