"""Who did something with a post: lists of people, each with what they did."""

import uuid
from collections.abc import Callable
from typing import TypeVar

from django.db.models import QuerySet

from accounts.cards.people import UserSummary
from content.models import Post, PostReaction, Repost
from content.selectors.circles import Circle
from grover.core.errors import NotFound
from grover.core.pages import Page, PageRequest, filled_page, keyset_page
from grover.core.viewers import AnyViewer

Row = TypeVar("Row", PostReaction, Repost)
Card = TypeVar("Card")


def responses_to(
    viewer: AnyViewer,
    post_id: uuid.UUID,
    rows: QuerySet[Row],
    request: PageRequest,
    card: Callable[[Row, UserSummary], Card],
) -> Page[Card]:
    """Read a page of what people did with a post, the last first; NotFound when the viewer sees no post.

    Left out is what is of people who are gone, or whom a block keeps away.
    """
    post = Post.objects.filter(pk=post_id).first()
    if post is None:
        raise NotFound
    circle = Circle(viewer)

    def keep(found: list[Row]) -> list[Card | None]:
        circle.meet({post.author_id, *(row.user_id for row in found)})
        if not circle.sees_post(post):
            raise NotFound
        people = [circle.unblocked(row.user_id) for row in found]
        return [
            None if person is None else card(row, person.summary)
            for row, person in zip(found, people, strict=True)
        ]

    return filled_page(lambda part: keyset_page(rows, part), keep, request, lambda row: (row.pk,))
