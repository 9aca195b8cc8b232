"""Lists of posts over REST: the home feed, and what one person published."""

from django.http import HttpResponse
from rest_framework.request import Request

from content.cards import PostCard
from content.selectors.feed import feed
from content.selectors.profiles import posts_on_profile
from content.serializers import MediaQuery, PostQuery
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class FeedViewSet(ApiViewSet):
    """The home feed."""

    @operation(
        "Read the home feed",
        description="What oneself and those one follows published, newest first; without whom one mutes.",
        page_of=PostCard,
    )
    def list(self, request: Request) -> HttpResponse:
        page = feed(self.viewer, self.page_request())
        return self.answer_printed_page(page.items, page.next)


class UserPostViewSet(ApiViewSet):
    """What one person published."""

    public = frozenset({"list", "media"})

    @operation("List somebody's posts", query=PostQuery, page_of=PostCard)
    def list(self, request: Request, user: str) -> HttpResponse:
        page = posts_on_profile(self.viewer, user, self.page_request(), **self.read_query(PostQuery))
        return self.answer_printed_page(page.items, page.next)

    @operation("List somebody's posts with media", query=MediaQuery, page_of=PostCard)
    def media(self, request: Request, user: str) -> HttpResponse:
        kind = self.read_query(MediaQuery)["kind"]
        page = posts_on_profile(self.viewer, user, self.page_request(), showing=kind)
        return self.answer_printed_page(page.items, page.next)
