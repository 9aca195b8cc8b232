"""Saved posts over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from content.actions import saves
from content.cards import PostCard
from content.selectors.saves import saved_posts
from grover.core.errors import Conflict
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class SavedPostViewSet(ApiViewSet):
    """The posts one keeps for later; nobody else sees which."""

    @operation("List one's saved posts", description="The last saved first.", page_of=PostCard)
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(saved_posts(self.viewer, self.page_request()))

    @operation("Save a post", card=PostCard, errors=(Conflict,))
    def set(self, request: Request, post_id: str) -> HttpResponse:
        return self.answer(saves.save_post(self.viewer, post_id=self.path_id(post_id)))

    @operation("Save a post no longer", card=PostCard, errors=(Conflict,))
    def clear(self, request: Request, post_id: str) -> HttpResponse:
        return self.answer(saves.unsave_post(self.viewer, post_id=self.path_id(post_id)))
