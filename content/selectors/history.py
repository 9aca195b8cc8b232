"""What a post said before its edits."""

import uuid

from content.cards import RevisionCard
from content.models import PostRevision
from content.selectors.posts import readable_post
from grover.core.pages import Page, PageRequest, keyset_page
from grover.core.viewers import AnyViewer


def history_of(viewer: AnyViewer, post_id: uuid.UUID, request: PageRequest) -> Page[RevisionCard]:
    """Read a page of the earlier wordings of a post, the last first.

    NotFound when it is hidden, PostLocked when it is not paid for.
    """
    readable_post(viewer, post_id)
    rows = PostRevision.objects.filter(post_id=post_id)
    return keyset_page(rows, request).map(lambda found: [_card(row) for row in found])


def _card(row: PostRevision) -> RevisionCard:
    return RevisionCard(
        version=row.version,
        text=row.text,
        content_warning=row.content_warning,
        replaced_at=row.created_at,
    )
