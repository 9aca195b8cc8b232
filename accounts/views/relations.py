"""Follows, requests to follow, blocks and mutes."""

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.actions.blocks import block_user, mute_user, unblock_user, unmute_user
from accounts.actions.follows import (
    accept_follow_request,
    follow_user,
    reject_follow_request,
    unfollow_user,
)
from accounts.cards.people import FollowRequestCard, PersonCard, RelationCard
from accounts.errors.people import AccountPrivate, FollowLimitReached, OwnAccount
from accounts.selectors.people import user_id_of
from accounts.selectors.relations import (
    blocks_of,
    follow_requests_of,
    followed_by,
    followers_of,
    mutes_of,
)
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class FollowsViewSet(ApiViewSet):
    """Who follows whom."""

    public = frozenset({"followers", "following"})

    @operation(
        "List who follows somebody",
        description="The newest first. Of a private account only its followers see this.",
        page_of=PersonCard,
        errors=(AccountPrivate,),
    )
    def followers(self, request: Request, user: str) -> HttpResponse:
        return self.answer_page(followers_of(self.viewer, user_id_of(user), self.page_request()))

    @operation(
        "List whom somebody follows",
        description="The newest first. Of a private account only its followers see this.",
        page_of=PersonCard,
        errors=(AccountPrivate,),
    )
    def following(self, request: Request, user: str) -> HttpResponse:
        return self.answer_page(followed_by(self.viewer, user_id_of(user), self.page_request()))

    @operation(
        "Follow somebody",
        description="Of a private account it becomes a request. Doing it twice changes nothing.",
        card=RelationCard,
        errors=(OwnAccount, FollowLimitReached),
    )
    def follow(self, request: Request, user: str) -> HttpResponse:
        return self.answer(follow_user(self.viewer, target_id=user_id_of(user)))

    @operation(
        "Follow somebody no more",
        description="Or take a request back. Doing it twice changes nothing.",
        card=RelationCard,
        errors=(OwnAccount,),
    )
    def unfollow(self, request: Request, user: str) -> HttpResponse:
        return self.answer(unfollow_user(self.viewer, target_id=user_id_of(user)))


class FollowRequestsViewSet(ApiViewSet):
    """Who asks to follow one's private account."""

    @operation("List who asks to follow", description="The newest first.", page_of=FollowRequestCard)
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(follow_requests_of(self.viewer, self.page_request()))

    @operation("Accept a request to follow", card=PersonCard)
    def accept(self, request: Request, request_id: str) -> HttpResponse:
        return self.answer(accept_follow_request(self.viewer, request_id=self.path_id(request_id)))

    @operation("Reject a request to follow")
    def reject(self, request: Request, request_id: str) -> HttpResponse:
        reject_follow_request(self.viewer, request_id=self.path_id(request_id))
        return self.no_content()


class BlocksViewSet(ApiViewSet):
    """Whom one blocks."""

    @operation("List whom one blocks", description="The newest first.", page_of=PersonCard)
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(blocks_of(self.viewer, self.page_request()))

    @operation(
        "Block somebody",
        description="Follows end both ways, and each is hidden from the other, everywhere and at once.",
        card=RelationCard,
        errors=(OwnAccount,),
    )
    def block(self, request: Request, user: str) -> HttpResponse:
        return self.answer(block_user(self.viewer, target_id=user_id_of(user)))

    @operation("Block somebody no more", card=RelationCard, errors=(OwnAccount,))
    def unblock(self, request: Request, user: str) -> HttpResponse:
        return self.answer(unblock_user(self.viewer, target_id=user_id_of(user)))


class MutesViewSet(ApiViewSet):
    """Whom one mutes."""

    @operation("List whom one mutes", description="The newest first.", page_of=PersonCard)
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(mutes_of(self.viewer, self.page_request()))

    @operation(
        "Mute somebody",
        description="They are kept out of one's feed and never learn of it.",
        card=RelationCard,
        errors=(OwnAccount,),
    )
    def mute(self, request: Request, user: str) -> HttpResponse:
        return self.answer(mute_user(self.viewer, target_id=user_id_of(user)))

    @operation("Mute somebody no more", card=RelationCard, errors=(OwnAccount,))
    def unmute(self, request: Request, user: str) -> HttpResponse:
        return self.answer(unmute_user(self.viewer, target_id=user_id_of(user)))
