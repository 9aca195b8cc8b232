"""Posts by what they bear: a tag, a category, the post they quote. Newest first, and kept as feeds are.

Tags and categories list what everybody may see, as far as the viewer may see it too.
"""

import uuid
from collections.abc import Callable, Iterable
from functools import partial

from content.cards import CategoryCard
from content.models import Category, Post, PostTag, Tag
from content.selectors.entities import tag_name
from content.selectors.entries import Entries, entries_of, newest_of
from content.selectors.posts import visible_post
from content.selectors.printed import PrintedPage, Reading, is_of_the_muted
from grover.core import caching
from grover.core.errors import NotFound
from grover.core.pages import Page, PageRequest, keyset_page
from grover.core.viewers import AnyViewer


def posts_with_tag(viewer: AnyViewer, text: str, request: PageRequest) -> PrintedPage:
    """Read a page of the posts that bear a tag; NotFound when no post ever did."""
    tag = tag_name(text)
    if tag is None:
        raise NotFound

    def read(part: PageRequest) -> Entries:
        rows = PostTag.objects.filter(tag=tag).select_related("post")
        if part.after_id is not None:
            rows = rows.filter(post__lt=part.after_id)
        return entries_of(row.post for row in rows.order_by("-post")[: part.limit + 1])

    def check() -> None:
        if not Tag.objects.filter(name=tag).exists():
            raise NotFound

    return _remember(f"tag:{tag}", viewer, request, check, read)


def posts_in_category(viewer: AnyViewer, slug: str, request: PageRequest) -> PrintedPage:
    """Read a page of the posts of a category; NotFound when there is no such one."""

    def check() -> None:
        if not Category.objects.filter(pk=slug).exists():
            raise NotFound

    rows = Post.objects.filter(category=slug, is_listed=True)
    return _remember(f"category:{slug}", viewer, request, check, partial(newest_of, rows))


def quotes_of(viewer: AnyViewer, post_id: uuid.UUID, request: PageRequest) -> PrintedPage:
    """Read a page of the posts that quote another one; NotFound when the viewer sees no such post."""
    visible_post(viewer, post_id)
    rows = Post.objects.filter(quote_of_id=post_id)
    return Reading(viewer, partial(newest_of, rows)).printed(request)[0]


def categories(request: PageRequest) -> Page[CategoryCard]:
    """Read a page of the categories, in the order that the staff gave them."""
    page = keyset_page(Category.objects.all(), request, order=("position", "slug"))
    return page.map(lambda rows: [CategoryCard(slug=row.slug, name=row.name) for row in rows])


def _remember(
    stamp: str,
    viewer: AnyViewer,
    request: PageRequest,
    check: Callable[[], None],
    read: Callable[[PageRequest], Entries],
) -> PrintedPage:
    def read_page() -> tuple[PrintedPage, Iterable[str], int]:
        printed, depends_on, size = Reading(viewer, read, leaves_out=is_of_the_muted).printed(request, stamp)
        if not printed.items:
            check()
        return printed, depends_on, size

    return caching.remember(f"{stamp}:{viewer.id}:{request.limit}:{request.after_id}", read_page)
