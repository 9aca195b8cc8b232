"""Searching over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from content.cards import FoundCard
from content.selectors.search import search
from content.serializers import SearchQuery
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class SearchViewSet(ApiViewSet):
    """Finding people, tags and posts; how they are ranked is told in docs/search.md."""

    public = frozenset({"list"})

    @operation(
        "Search",
        description="People and tags whose names begin with `q`, and posts that have all its words, in any "
        "form of them. Of all kinds together, the first page begins with a few people and tags. `q` is "
        "only ever words: nothing in it is an operator.",
        query=SearchQuery,
        page_of=FoundCard,
    )
    def list(self, request: Request) -> HttpResponse:
        page = search(self.viewer, self.page_request(), **self.read_query(SearchQuery))
        return self.answer_printed_page(page.items, page.next)
