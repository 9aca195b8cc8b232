"""Who reacted to a post."""

import uuid

from accounts.cards.people import UserSummary
from content.cards import ReactionCard
from content.models import PostReaction
from content.selectors.responses import responses_to
from grover.core.pages import Page, PageRequest
from grover.core.viewers import AnyViewer


def reactions_to(
    viewer: AnyViewer, post_id: uuid.UUID, request: PageRequest, *, kind: str | None = None
) -> Page[ReactionCard]:
    """Read a page of the reactions to a post, of one kind or all; NotFound when the viewer sees no post."""
    rows = PostReaction.objects.filter(post_id=post_id)
    if kind is not None:
        rows = rows.filter(kind=kind)
    return responses_to(viewer, post_id, rows, request, _card)


def _card(row: PostReaction, user: UserSummary) -> ReactionCard:
    return ReactionCard(user=user, kind=row.kind, created_at=row.created_at)  # type: ignore[arg-type]
