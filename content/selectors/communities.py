"""Communities, their members and their posts, as one viewer sees them.

That a community exists, and what it is about, anybody may know; who is in a private one, and what is
said there, only its members.
"""

import uuid
from collections.abc import Iterable, Sequence
from functools import partial

from content.cards import CommunityCard, CommunityMemberCard, CommunityRequestCard
from content.enums import CommunityRole
from content.errors import NotAllowedInCommunity, NotAMember
from content.models import Community, CommunityMember, CommunityRequest, Post
from content.selectors.circles import Circle
from content.selectors.entries import newest_of
from content.selectors.memberships import communities_of
from content.selectors.printed import PrintedPage, Reading, is_of_the_muted
from grover.core import caching
from grover.core.errors import NotFound
from grover.core.pages import Page, PageRequest, filled_page, keyset_page
from grover.core.viewers import AnyViewer, Viewer

MODERATING = (CommunityRole.OWNER, CommunityRole.MODERATOR)


def find_community(community_id: uuid.UUID) -> Community:
    """Read the row of a community; NotFound when there is none."""
    row = Community.objects.filter(pk=community_id).first()
    if row is None:
        raise NotFound
    return row


def role_of(viewer: AnyViewer, community_id: uuid.UUID) -> str | None:
    """Read what the viewer may do in a community; None when they are no member."""
    if viewer.id is None:
        return None
    rows = CommunityMember.objects.filter(user_id=viewer.id, community_id=community_id)
    return rows.values_list("role", flat=True).first()


def moderates(viewer: AnyViewer, community_id: uuid.UUID | None) -> bool:
    """Tell whether the viewer keeps order in a community."""
    return community_id is not None and role_of(viewer, community_id) in MODERATING


def get_community(viewer: AnyViewer, community_id: uuid.UUID) -> CommunityCard:
    """Read one community, in three queries; NotFound when there is none."""
    [card] = community_cards(viewer, [find_community(community_id)])
    return card


def communities(viewer: AnyViewer, request: PageRequest, *, joined: bool = False) -> Page[CommunityCard]:
    """Read a page of the communities, the last founded first; with `joined` only the viewer's."""
    rows = Community.objects.all()
    if joined:
        rows = rows.filter(pk__in=[] if viewer.id is None else communities_of(viewer.id))
    return keyset_page(rows, request).map(lambda found: community_cards(viewer, found))


def community_cards(viewer: AnyViewer, rows: Sequence[Community]) -> list[CommunityCard]:
    """Show communities, in two queries for what the viewer is to them."""
    ids = [row.pk for row in rows]
    roles: dict[uuid.UUID, str] = {}
    asked: set[uuid.UUID] = set()
    if viewer.id is not None and ids:
        own = CommunityMember.objects.filter(user_id=viewer.id, community_id__in=ids)
        roles = dict(own.values_list("community_id", "role"))
        requests = CommunityRequest.objects.filter(user_id=viewer.id, community_id__in=ids)
        asked = set(requests.values_list("community_id", flat=True))
    return [
        CommunityCard(
            id=row.pk,
            name=row.name,
            description=row.description,
            rules=row.rules,
            is_private=row.is_private,
            members=row.member_count,
            role=roles.get(row.pk),  # type: ignore[arg-type]
            requested=row.pk in asked,
            created_at=row.created_at,
        )
        for row in rows
    ]


def members_of(viewer: AnyViewer, community_id: uuid.UUID, request: PageRequest) -> Page[CommunityMemberCard]:
    """Read a page of the members, the last joined first; NotAMember when they are not for the viewer."""
    _check_inside(viewer, community_id)
    rows = CommunityMember.objects.filter(community_id=community_id)
    circle = Circle(viewer)

    def keep(found: list[CommunityMember]) -> list[CommunityMemberCard | None]:
        circle.meet(row.user_id for row in found)
        return [_member(row, circle) for row in found]

    return filled_page(lambda part: keyset_page(rows, part), keep, request, lambda row: (row.pk,))


def requests_to(viewer: Viewer, community_id: uuid.UUID, request: PageRequest) -> Page[CommunityRequestCard]:
    """Read a page of who asks to become a member; NotAllowedInCommunity for who does not decide it."""
    find_community(community_id)
    if not moderates(viewer, community_id):
        raise NotAllowedInCommunity
    rows = CommunityRequest.objects.filter(community_id=community_id)
    circle = Circle(viewer)

    def keep(found: list[CommunityRequest]) -> list[CommunityRequestCard | None]:
        circle.meet(row.user_id for row in found)
        return [_request(row, circle) for row in found]

    return filled_page(lambda part: keyset_page(rows, part), keep, request, lambda row: (row.pk,))


def posts_in_community(viewer: AnyViewer, community_id: uuid.UUID, request: PageRequest) -> PrintedPage:
    """Read a page of the posts in a community; NotAMember when they are not for the viewer."""
    key = f"community_posts:{community_id}:{viewer.id}:{request.limit}:{request.after_id}"
    return caching.remember(key, partial(_read_posts, viewer, community_id, request))


def _read_posts(
    viewer: AnyViewer, community_id: uuid.UUID, request: PageRequest
) -> tuple[PrintedPage, Iterable[str], int]:
    _check_inside(viewer, community_id)
    rows = Post.objects.filter(community_id=community_id)
    reading = Reading(viewer, partial(newest_of, rows), leaves_out=is_of_the_muted)
    return reading.printed(request, f"community:{community_id}", f"memberships:{viewer.id}")


def _check_inside(viewer: AnyViewer, community_id: uuid.UUID) -> None:
    """Refuse whoever may not look into a community."""
    if find_community(community_id).is_private and role_of(viewer, community_id) is None:
        raise NotAMember


def _member(row: CommunityMember, circle: Circle) -> CommunityMemberCard | None:
    person = circle.unblocked(row.user_id)
    if person is None:
        return None
    return CommunityMemberCard(user=person.summary, role=row.role, joined_at=row.created_at)  # type: ignore[arg-type]


def _request(row: CommunityRequest, circle: Circle) -> CommunityRequestCard | None:
    person = circle.unblocked(row.user_id)
    if person is None:
        return None
    return CommunityRequestCard(id=row.pk, user=person.summary, created_at=row.created_at)
