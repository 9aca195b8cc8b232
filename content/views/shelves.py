"""Tags, categories and mentions over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from content.actions import tags
from content.cards import CategoryCard, MentionCard, PostCard, TagCard
from content.selectors.shelves import categories, posts_in_category, posts_with_tag
from content.selectors.tags import get_tag, mentions_of
from grover.core.errors import Conflict
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class TagViewSet(ApiViewSet):
    """The tags of posts; all spellings of one, in any case, are the same."""

    public = frozenset({"retrieve", "posts"})

    @operation("Read a tag", card=TagCard, conditional=True)
    def retrieve(self, request: Request, tag: str) -> HttpResponse:
        return self.answer_resource(get_tag(self.viewer, tag))

    @operation("List the posts with a tag", description="Those that everybody may see.", page_of=PostCard)
    def posts(self, request: Request, tag: str) -> HttpResponse:
        page = posts_with_tag(self.viewer, tag, self.page_request())
        return self.answer_printed_page(page.items, page.next)

    @operation("Follow a tag", card=TagCard, errors=(Conflict,))
    def follow(self, request: Request, tag: str) -> HttpResponse:
        return self.answer(tags.follow_tag(self.viewer, text=tag))

    @operation("Follow a tag no longer", card=TagCard, errors=(Conflict,))
    def unfollow(self, request: Request, tag: str) -> HttpResponse:
        return self.answer(tags.unfollow_tag(self.viewer, text=tag))


class CategoryViewSet(ApiViewSet):
    """The shelves that posts are put on."""

    public = frozenset({"list", "posts"})

    @operation("List the categories", page_of=CategoryCard)
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(categories(self.page_request()))

    @operation("List the posts of a category", description="Those that everybody may see.", page_of=PostCard)
    def posts(self, request: Request, slug: str) -> HttpResponse:
        page = posts_in_category(self.viewer, slug, self.page_request())
        return self.answer_printed_page(page.items, page.next)


class MentionViewSet(ApiViewSet):
    """Where one is mentioned."""

    @operation("List where one is mentioned", description="The last first.", page_of=MentionCard)
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(mentions_of(self.viewer, self.page_request()))
