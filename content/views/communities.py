"""Communities over REST."""

import functools

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.selectors.people import user_id_of
from content.actions import communities as acts
from content.cards import CommunityCard, CommunityMemberCard, CommunityRequestCard, PostCard
from content.errors import (
    NotAllowedInCommunity,
    NotAMember,
    OwnerCannotLeave,
    TooManyCommunities,
)
from content.selectors.communities import (
    communities,
    get_community,
    members_of,
    posts_in_community,
    requests_to,
)
from content.serializers import CommunityChanges, CommunityInput, CommunityQuery, CommunityRoleInput
from grover.core.conditional import check_if_match
from grover.core.errors import Conflict
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class CommunityViewSet(ApiViewSet):
    """Places where people post for each other."""

    public = frozenset({"list", "retrieve", "posts"})

    @operation("List communities", query=CommunityQuery, page_of=CommunityCard)
    def list(self, request: Request) -> HttpResponse:
        query = self.read_query(CommunityQuery)
        return self.answer_page(communities(self.viewer, self.page_request(), **query))

    @operation(
        "Found a community",
        description="Whether it is private is settled for good.",
        body=CommunityInput,
        card=CommunityCard,
        status=201,
        errors=(TooManyCommunities,),
    )
    def create(self, request: Request) -> HttpResponse:
        card = acts.found_community(self.viewer, **self.read(CommunityInput))
        return self.answer(card, status=201, location=f"/api/v1/communities/{card.id}")

    @operation("Read a community", card=CommunityCard, conditional=True)
    def retrieve(self, request: Request, community_id: str) -> HttpResponse:
        return self.answer_resource(get_community(self.viewer, self.path_id(community_id)))

    @operation(
        "Edit a community",
        body=CommunityChanges,
        card=CommunityCard,
        errors=(NotAllowedInCommunity,),
        conditional=True,
    )
    def partial_update(self, request: Request, community_id: str) -> HttpResponse:
        card = acts.edit_community(
            self.viewer,
            community_id=self.path_id(community_id),
            changes=self.read(CommunityChanges, partial=True),
            precondition=functools.partial(check_if_match, request),
        )
        return self.answer(card)

    @operation(
        "Close a community",
        description="Its posts stay with their authors; those of a private one become private.",
        errors=(NotAllowedInCommunity, Conflict),
    )
    def destroy(self, request: Request, community_id: str) -> HttpResponse:
        acts.close_community(self.viewer, community_id=self.path_id(community_id))
        return self.no_content()

    @operation("List the posts in a community", page_of=PostCard, errors=(NotAMember,))
    def posts(self, request: Request, community_id: str) -> HttpResponse:
        page = posts_in_community(self.viewer, self.path_id(community_id), self.page_request())
        return self.answer_printed_page(page.items, page.next)

    @operation(
        "Join a community",
        description="Or ask to, where it is private.",
        card=CommunityCard,
        errors=(TooManyCommunities, Conflict),
    )
    def join(self, request: Request, community_id: str) -> HttpResponse:
        return self.answer(acts.join(self.viewer, community_id=self.path_id(community_id)))

    @operation("Leave a community", card=CommunityCard, errors=(OwnerCannotLeave, Conflict))
    def leave(self, request: Request, community_id: str) -> HttpResponse:
        return self.answer(acts.leave(self.viewer, community_id=self.path_id(community_id)))


class CommunityMemberViewSet(ApiViewSet):
    """The members of a community."""

    public = frozenset({"list"})

    @operation("List the members of a community", page_of=CommunityMemberCard, errors=(NotAMember,))
    def list(self, request: Request, community_id: str) -> HttpResponse:
        return self.answer_page(members_of(self.viewer, self.path_id(community_id), self.page_request()))

    @operation(
        "Change the role of a member",
        description="`owner` hands the community over.",
        body=CommunityRoleInput,
        errors=(NotAllowedInCommunity, Conflict),
    )
    def partial_update(self, request: Request, community_id: str, user: str) -> HttpResponse:
        identifier, user_id = self.path_id(community_id), user_id_of(user)
        acts.set_role(self.viewer, community_id=identifier, user_id=user_id, **self.read(CommunityRoleInput))
        return self.no_content()

    @operation("Remove a member", errors=(NotAllowedInCommunity, Conflict))
    def destroy(self, request: Request, community_id: str, user: str) -> HttpResponse:
        acts.expel(self.viewer, community_id=self.path_id(community_id), user_id=user_id_of(user))
        return self.no_content()


class CommunityRequestViewSet(ApiViewSet):
    """Who asks to become a member of a private community."""

    @operation("List who asks to join", page_of=CommunityRequestCard, errors=(NotAllowedInCommunity,))
    def list(self, request: Request, community_id: str) -> HttpResponse:
        return self.answer_page(requests_to(self.viewer, self.path_id(community_id), self.page_request()))

    @operation("Let somebody in who asked", card=CommunityCard, errors=(NotAllowedInCommunity, Conflict))
    def accept(self, request: Request, community_id: str, request_id: str) -> HttpResponse:
        card = acts.accept_request(
            self.viewer, community_id=self.path_id(community_id), request_id=self.path_id(request_id)
        )
        return self.answer(card)

    @operation("Turn somebody down who asked", errors=(NotAllowedInCommunity, Conflict))
    def reject(self, request: Request, community_id: str, request_id: str) -> HttpResponse:
        acts.reject_request(
            self.viewer, community_id=self.path_id(community_id), request_id=self.path_id(request_id)
        )
        return self.no_content()
