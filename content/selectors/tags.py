"""Tags, and where the viewer is mentioned."""

import uuid
from collections.abc import Mapping, Sequence

from content.cards import CommentCard, MentionCard, PostCard, TagCard
from content.models import Mention, Tag, TagFollow
from content.selectors.comments import cards_of_comments
from content.selectors.entities import tag_name
from content.selectors.posts import posts_by_id
from grover.core.errors import NotFound
from grover.core.pages import Page, PageRequest, filled_page, keyset_page
from grover.core.viewers import AnyViewer, Viewer


def get_tag(viewer: AnyViewer, text: str) -> TagCard:
    """Read a tag in any spelling, in two queries; NotFound when no post ever bore it."""
    name = tag_name(text)
    row = None if name is None else Tag.objects.filter(name=name).first()
    if row is None:
        raise NotFound
    [card] = tag_cards(viewer, [row])
    return card


def tag_cards(viewer: AnyViewer, rows: Sequence[Tag]) -> list[TagCard]:
    """Show tags, in one query for those the viewer follows."""
    followed: set[str] = set()
    if viewer.id is not None and rows:
        follows = TagFollow.objects.filter(user_id=viewer.id, tag__in=[row.name for row in rows])
        followed = set(follows.values_list("tag", flat=True))
    return [
        TagCard(
            name=row.name,
            posts=row.post_count,
            followers=row.follower_count,
            following=row.name in followed,
        )
        for row in rows
    ]


def mentions_of(viewer: Viewer, request: PageRequest) -> Page[MentionCard]:
    """Read a page of where the viewer is mentioned, as far as they may see it, the last first."""
    rows = Mention.objects.filter(user_id=viewer.id)

    def keep(found: list[Mention]) -> list[MentionCard | None]:
        post_ids = [row.post_id for row in found if row.comment_id is None]
        posts = {card.id: card for card in posts_by_id(post_ids, viewer)}
        comments = cards_of_comments(viewer, [row.comment_id for row in found if row.comment_id is not None])
        return [_card(row, posts, comments) for row in found]

    return filled_page(lambda part: keyset_page(rows, part), keep, request, lambda row: (row.pk,))


def _card(
    row: Mention, posts: Mapping[uuid.UUID, PostCard], comments: Mapping[uuid.UUID, CommentCard]
) -> MentionCard | None:
    if row.comment_id is None:
        if (post := posts.get(row.post_id)) is None:
            return None
        return MentionCard(id=row.pk, kind="post", post=post, comment=None, created_at=row.created_at)
    if (comment := comments.get(row.comment_id)) is None:
        return None
    return MentionCard(id=row.pk, kind="comment", post=None, comment=comment, created_at=row.created_at)
