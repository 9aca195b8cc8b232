"""Reactions over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from content.actions import reactions
from content.cards import CommentCard, PostCard, ReactionCard
from content.errors import PostLocked
from content.selectors.reactions import reactions_to
from content.serializers import ReactionInput, ReactionQuery
from grover.core.errors import Conflict
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class PostReactionViewSet(ApiViewSet):
    """How people react to a post."""

    public = frozenset({"list"})

    @operation("List who reacted to a post, and how", query=ReactionQuery, page_of=ReactionCard)
    def list(self, request: Request, post_id: str) -> HttpResponse:
        query = self.read_query(ReactionQuery)
        return self.answer_page(
            reactions_to(self.viewer, self.path_id(post_id), self.page_request(), **query)
        )

    @operation(
        "React to a post",
        description="A second reaction replaces the first.",
        body=ReactionInput,
        card=PostCard,
        errors=(Conflict,),
    )
    def set(self, request: Request, post_id: str) -> HttpResponse:
        read = self.read(ReactionInput)
        return self.answer(reactions.react_to_post(self.viewer, post_id=self.path_id(post_id), **read))

    @operation("Take one's reaction to a post back", card=PostCard, errors=(Conflict,))
    def clear(self, request: Request, post_id: str) -> HttpResponse:
        return self.answer(reactions.unreact_to_post(self.viewer, post_id=self.path_id(post_id)))


class CommentReactionViewSet(ApiViewSet):
    """How people react to a comment."""

    @operation(
        "React to a comment",
        description="A second reaction replaces the first.",
        body=ReactionInput,
        card=CommentCard,
        errors=(PostLocked, Conflict),
    )
    def set(self, request: Request, comment_id: str) -> HttpResponse:
        read = self.read(ReactionInput)
        card = reactions.react_to_comment(self.viewer, comment_id=self.path_id(comment_id), **read)
        return self.answer(card)

    @operation("Take one's reaction to a comment back", card=CommentCard, errors=(PostLocked, Conflict))
    def clear(self, request: Request, comment_id: str) -> HttpResponse:
        card = reactions.unreact_to_comment(self.viewer, comment_id=self.path_id(comment_id))
        return self.answer(card)
