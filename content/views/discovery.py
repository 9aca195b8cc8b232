"""What is rising, and whom to follow, over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.cards.people import PersonCard
from content.cards import PostCard, SuggestionCard, TagCard
from content.selectors import discovery
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class DiscoveryViewSet(ApiViewSet):
    """What people find whom they follow nobody for; how it is ranked is told in docs/discovery.md."""

    public = frozenset({"explore", "posts", "tags", "creators"})

    @operation(
        "Explore",
        description="What is rising, of people one does not follow, and not seen yet.",
        page_of=PostCard,
    )
    def explore(self, request: Request) -> HttpResponse:
        page = discovery.explore(self.viewer, self.page_request())
        return self.answer_printed_page(page.items, page.next)

    @operation("List the posts that are rising", page_of=PostCard)
    def posts(self, request: Request) -> HttpResponse:
        page = discovery.trending_posts(self.viewer, self.page_request())
        return self.answer_printed_page(page.items, page.next)

    @operation("List the tags that are rising", page_of=TagCard)
    def tags(self, request: Request) -> HttpResponse:
        return self.answer_page(discovery.trending_tags(self.viewer, self.page_request()))

    @operation("List the people who are rising", page_of=PersonCard)
    def creators(self, request: Request) -> HttpResponse:
        return self.answer_page(discovery.trending_creators(self.viewer, self.page_request()))

    @operation(
        "List people one may want to follow",
        description="The nearest first, each with the reason.",
        page_of=SuggestionCard,
    )
    def suggestions(self, request: Request) -> HttpResponse:
        return self.answer_page(discovery.suggestions_for(self.viewer, self.page_request()))
