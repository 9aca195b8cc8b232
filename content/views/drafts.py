"""Posts that are not published yet, over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from content.cards import PostCard
from content.selectors.drafts import drafts_of, scheduled_by
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class DraftViewSet(ApiViewSet):
    """One's own drafts; they are read, edited and deleted under `/posts/{id}`."""

    @operation("List one's drafts", description="The last begun first.", page_of=PostCard)
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(drafts_of(self.viewer, self.page_request()))

    @operation(
        "List what one scheduled",
        description="The next first, with what could not be published.",
        page_of=PostCard,
    )
    def scheduled(self, request: Request) -> HttpResponse:
        return self.answer_page(scheduled_by(self.viewer, self.page_request()))
