"""Reposts and quotes over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from content.actions import reposts
from content.cards import PostCard, RepostCard
from content.errors import NotForAll
from content.selectors.profiles import reposts_on_profile
from content.selectors.reposts import reposts_of
from content.selectors.shelves import quotes_of
from grover.core.errors import Conflict
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class RepostViewSet(ApiViewSet):
    """Passing posts on."""

    public = frozenset({"list", "quotes", "of_person"})

    @operation("Pass a post on", card=PostCard, errors=(NotForAll, Conflict))
    def set(self, request: Request, post_id: str) -> HttpResponse:
        return self.answer(reposts.repost(self.viewer, post_id=self.path_id(post_id)))

    @operation("Pass a post on no longer", card=PostCard, errors=(Conflict,))
    def clear(self, request: Request, post_id: str) -> HttpResponse:
        return self.answer(reposts.unrepost(self.viewer, post_id=self.path_id(post_id)))

    @operation("List who passed a post on", page_of=RepostCard)
    def list(self, request: Request, post_id: str) -> HttpResponse:
        return self.answer_page(reposts_of(self.viewer, self.path_id(post_id), self.page_request()))

    @operation("List the posts that quote a post", page_of=PostCard)
    def quotes(self, request: Request, post_id: str) -> HttpResponse:
        page = quotes_of(self.viewer, self.path_id(post_id), self.page_request())
        return self.answer_printed_page(page.items, page.next)

    @operation("List what somebody passed on", page_of=PostCard)
    def of_person(self, request: Request, user: str) -> HttpResponse:
        page = reposts_on_profile(self.viewer, user, self.page_request())
        return self.answer_printed_page(page.items, page.next)
