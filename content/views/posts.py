"""Posts over REST."""

import functools

from django.http import HttpResponse
from rest_framework.request import Request

from content.actions import drafts, pins, polls, posts, views
from content.cards import PostCard, RevisionCard
from content.errors import (
    AlreadyPublished,
    NoPoll,
    NotForAll,
    NotTheAuthor,
    NotYourPost,
    PollClosed,
    PostLocked,
    TooManyDrafts,
    TooManyPins,
)
from content.selectors.drafts import get_post_or_draft, has_draft
from content.selectors.history import history_of
from content.serializers import PostChanges, PostInput, VoteInput
from grover.core.conditional import check_if_match
from grover.core.errors import Conflict
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class PostViewSet(ApiViewSet):
    """Publishing posts, and what becomes of them."""

    public = frozenset({"retrieve", "history"})

    @operation(
        "Publish a post",
        description="Or keep it as a draft (`state`), or until its time (`publish_at`). With a `price`, or"
        " for `subscribers`, others see no more of it than `preview_text`, which is all it is found by.",
        body=PostInput,
        card=PostCard,
        status=201,
        errors=(NotForAll, TooManyDrafts),
        example={"text": "Good morning. #gardening", "visibility": "public"},
    )
    def create(self, request: Request) -> HttpResponse:
        card = drafts.create_post(self.viewer, **self.read(PostInput))
        return self.answer(card, status=201, location=f"/api/v1/posts/{card.id}")

    @operation(
        "Read a post",
        description="Or a draft of one's own; of one that was published the post it became. Of a post with a"
        " price or for subscribers, who has not paid gets the preview.",
        card=PostCard,
        conditional=True,
    )
    def retrieve(self, request: Request, post_id: str) -> HttpResponse:
        return self.answer_resource(get_post_or_draft(self.viewer, self.path_id(post_id)))

    @operation(
        "Edit a post or draft",
        description="What a post said before stays readable in its history.",
        body=PostChanges,
        card=PostCard,
        errors=(NotTheAuthor, NotForAll, AlreadyPublished),
        conditional=True,
        example={"text": "Good morning, all."},
    )
    def partial_update(self, request: Request, post_id: str) -> HttpResponse:
        identifier = self.path_id(post_id)
        changes = self.read(PostChanges, partial=True)
        precondition = functools.partial(check_if_match, request)
        if has_draft(self.viewer, identifier):
            card = drafts.edit_draft(
                self.viewer, draft_id=identifier, changes=changes, precondition=precondition
            )
        else:
            card = posts.edit_post(
                self.viewer, post_id=identifier, changes=changes, precondition=precondition
            )
        return self.answer(card)

    @operation(
        "Delete a post or draft",
        description="With its comments, reactions, saves, views, history and uploads.",
        errors=(NotTheAuthor, AlreadyPublished),
    )
    def destroy(self, request: Request, post_id: str) -> HttpResponse:
        identifier = self.path_id(post_id)
        if has_draft(self.viewer, identifier):
            drafts.delete_draft(self.viewer, draft_id=identifier)
        else:
            posts.delete_post(self.viewer, post_id=identifier)
        return self.no_content()

    @operation(
        "Answer the poll of a post",
        description="Another answer replaces the first until the poll closes.",
        body=VoteInput,
        card=PostCard,
        errors=(NoPoll, PollClosed, PostLocked, Conflict),
        example={"option": 0},
    )
    def vote(self, request: Request, post_id: str) -> HttpResponse:
        read = self.read(VoteInput)
        return self.answer(polls.vote(self.viewer, post_id=self.path_id(post_id), **read))

    @operation("List what a post said before its edits", page_of=RevisionCard, errors=(PostLocked,))
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
