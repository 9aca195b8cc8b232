"""Posts over REST."""

import functools

from django.http import HttpResponse
from rest_framework.request import Request

from content.actions import pins, posts, views
from content.cards import PostCard, RevisionCard
from content.errors import NotTheAuthor, NotYourPost, TooManyPins
from content.selectors.history import history_of
from content.selectors.posts import get_post
from content.serializers import PostChanges, PostInput
from grover.core.conditional import check_if_match
from grover.core.errors import Conflict
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class PostViewSet(ApiViewSet):
    """Publishing posts, and what becomes of them."""

    public = frozenset({"retrieve", "history"})

    @operation("Publish a post", body=PostInput, card=PostCard, status=201)
    def create(self, request: Request) -> HttpResponse:
        card = posts.publish_post(self.viewer, **self.read(PostInput))
        return self.answer(card, status=201, location=f"/api/v1/posts/{card.id}")

    @operation("Read a post", card=PostCard, conditional=True)
    def retrieve(self, request: Request, post_id: str) -> HttpResponse:
        return self.answer_resource(get_post(self.viewer, self.path_id(post_id)))

    @operation(
        "Edit a post",
        description="What it said before stays readable in its history.",
        body=PostChanges,
        card=PostCard,
        errors=(NotTheAuthor,),
        conditional=True,
    )
    def partial_update(self, request: Request, post_id: str) -> HttpResponse:
        card = posts.edit_post(
            self.viewer,
            post_id=self.path_id(post_id),
            changes=self.read(PostChanges, partial=True),
            precondition=functools.partial(check_if_match, request),
        )
        return self.answer(card)

    @operation(
        "Delete a post",
        description="With its comments, reactions, saves, views, history and uploads.",
        errors=(NotTheAuthor,),
    )
    def destroy(self, request: Request, post_id: str) -> HttpResponse:
        posts.delete_post(self.viewer, post_id=self.path_id(post_id))
        return self.no_content()

    @operation("List what a post said before its edits", page_of=RevisionCard)
    def history(self, request: Request, post_id: str) -> HttpResponse:
        return self.answer_page(history_of(self.viewer, self.path_id(post_id), self.page_request()))

    @operation(
        "Pin a post",
        description="Atop one's profile; three at most.",
        card=PostCard,
        errors=(NotYourPost, TooManyPins, Conflict),
    )
    def pin(self, request: Request, post_id: str) -> HttpResponse:
        return self.answer(pins.pin_post(self.viewer, post_id=self.path_id(post_id)))

    @operation("Unpin a post", card=PostCard, errors=(NotYourPost, Conflict))
    def unpin(self, request: Request, post_id: str) -> HttpResponse:
        return self.answer(pins.unpin_post(self.viewer, post_id=self.path_id(post_id)))

    @operation("Count that one saw a post", description="Once a person and day of UTC.", errors=(Conflict,))
    def view(self, request: Request, post_id: str) -> HttpResponse:
        views.view_post(self.viewer, post_id=self.path_id(post_id))
        return self.no_content()
