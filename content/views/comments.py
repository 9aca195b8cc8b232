"""Comments over REST."""

import functools

from django.http import HttpResponse
from rest_framework.request import Request

from content.actions import comments
from content.cards import CommentCard
from content.errors import NotTheAuthor, NotYourPost, PostLocked, RepliesRestricted
from content.selectors.comments import comments_of, get_comment, replies_to
from content.serializers import CommentChanges, CommentInput, CommentQuery
from grover.core.conditional import check_if_match
from grover.core.errors import Conflict
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class PostCommentViewSet(ApiViewSet):
    """The comments under a post."""

    public = frozenset({"list"})

    @operation(
        "List the comments under a post", query=CommentQuery, page_of=CommentCard, errors=(PostLocked,)
    )
    def list(self, request: Request, post_id: str) -> HttpResponse:
        query = self.read_query(CommentQuery)
        page = comments_of(self.viewer, self.path_id(post_id), self.page_request(), **query)
        return self.answer_page(page)

    @operation(
        "Comment on a post",
        description="With `parent_id` in reply to another comment; a reply to a reply joins it.",
        body=CommentInput,
        card=CommentCard,
        status=201,
        errors=(PostLocked, RepliesRestricted),
    )
    def create(self, request: Request, post_id: str) -> HttpResponse:
        read = self.read(CommentInput)
        card = comments.add_comment(self.viewer, post_id=self.path_id(post_id), **read)
        return self.answer(card, status=201, location=f"/api/v1/comments/{card.id}")


class CommentViewSet(ApiViewSet):
    """One comment."""

    public = frozenset({"retrieve", "replies"})

    @operation("Read a comment", card=CommentCard, errors=(PostLocked,), conditional=True)
    def retrieve(self, request: Request, comment_id: str) -> HttpResponse:
        return self.answer_resource(get_comment(self.viewer, self.path_id(comment_id)))

    @operation(
        "Edit a comment",
        body=CommentChanges,
        card=CommentCard,
        errors=(NotTheAuthor, PostLocked),
        conditional=True,
    )
    def partial_update(self, request: Request, comment_id: str) -> HttpResponse:
        card = comments.edit_comment(
            self.viewer,
            comment_id=self.path_id(comment_id),
            precondition=functools.partial(check_if_match, request),
            **self.read(CommentChanges, partial=True),
        )
        return self.answer(card)

    @operation(
        "Delete a comment",
        description="With its replies; the author of the post may, too.",
        errors=(NotTheAuthor, Conflict),
    )
    def destroy(self, request: Request, comment_id: str) -> HttpResponse:
        comments.delete_comment(self.viewer, comment_id=self.path_id(comment_id))
        return self.no_content()

    @operation("List the replies to a comment", query=CommentQuery, page_of=CommentCard, errors=(PostLocked,))
    def replies(self, request: Request, comment_id: str) -> HttpResponse:
        query = self.read_query(CommentQuery)
        page = replies_to(self.viewer, self.path_id(comment_id), self.page_request(), **query)
        return self.answer_page(page)

    @operation(
        "Hide a comment",
        description="Under one's own post; from then on only oneself and who wrote it see it.",
        card=CommentCard,
        errors=(NotYourPost,),
    )
    def hide(self, request: Request, comment_id: str) -> HttpResponse:
        return self.answer(comments.hide_comment(self.viewer, comment_id=self.path_id(comment_id)))

    @operation("Show a hidden comment again", card=CommentCard, errors=(NotYourPost,))
    def unhide(self, request: Request, comment_id: str) -> HttpResponse:
        return self.answer(comments.unhide_comment(self.viewer, comment_id=self.path_id(comment_id)))
