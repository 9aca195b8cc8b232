"""Who reacted to a post."""

import uuid

from content.cards import ReactionCard
from content.models import Post, PostReaction
from content.selectors.circles import Circle
from grover.core.errors import NotFound
from grover.core.pages import Page, PageRequest, filled_page, keyset_page
from grover.core.viewers import AnyViewer


def reactions_to(
    viewer: AnyViewer, post_id: uuid.UUID, request: PageRequest, *, kind: str | None = None
) -> Page[ReactionCard]:
    """Read a page of the reactions to a post, of one kind or all; NotFound when the viewer sees no post."""
    post = Post.objects.filter(pk=post_id).first()
    if post is None:
        raise NotFound
    rows = PostReaction.objects.filter(post_id=post_id)
    if kind is not None:
        rows = rows.filter(kind=kind)
    circle = Circle(viewer)

    def keep(found: list[PostReaction]) -> list[ReactionCard | None]:
        circle.meet({post.author_id, *(row.user_id for row in found)})
        if not circle.sees_post(post):
            raise NotFound
        return [_card(row, circle) for row in found]

    return filled_page(lambda part: keyset_page(rows, part), keep, request, lambda row: (row.pk,))


def _card(row: PostReaction, circle: Circle) -> ReactionCard | None:
    person = circle.unblocked(row.user_id)
    if person is None:
        return None
    return ReactionCard(user=person.summary, kind=row.kind, created_at=row.created_at)  # type: ignore[arg-type]
