"""Comments as one viewer sees them: one by one, under a post, and in reply to another.

A reply is seen where its parent is, and nothing under a post for payers by who has not paid. A page is
kept in this process and given again only while nothing it shows has changed.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.cards.people import Person
from content.cards import CommentCard, CommentCounts, CommentMarks
from content.enums import CommentSort
from content.errors import PostLocked
from content.models import Comment, CommentReaction, Post
from content.policies.visibility import Audience, can_see_comment
from content.selectors.circles import Circle
from content.selectors.entities import cards_of_entities
from grover.core import caching
from grover.core.errors import NotFound
from grover.core.pages import Page, PageRequest, Position, filled_page, keyset_page
from grover.core.viewers import AnyViewer

ORDERS = {
    CommentSort.NEWEST: ("-id",),
    CommentSort.OLDEST: ("id",),
    CommentSort.TOP: ("-reaction_count", "-id"),
}
SIZE_OF_A_COMMENT = 1_500  # bytes, roughly, as Python objects


@dataclass(frozen=True, slots=True)
class SeenComment:
    """A comment that the viewer sees, with the post it stands under, in three queries."""

    comment: Comment
    post: Post
    circle: Circle

    @property
    def audience(self) -> Audience:
        """What decides who sees the post."""
        return self.circle.audience(self.post)


def get_comment(viewer: AnyViewer, comment_id: uuid.UUID) -> CommentCard:
    """Read one comment; NotFound when it is gone or not for the viewer."""
    return caching.remember(f"comment:{comment_id}:{viewer.id}", lambda: _read(viewer, comment_id))


def visible_comment(viewer: AnyViewer, comment_id: uuid.UUID, *, even_locked: bool = False) -> SeenComment:
    """Read the row of a comment for an action on it; NotFound when it is not for the viewer.

    Reads the database, never what was kept, so that an action decides on what is true now. PostLocked
    under a post that the viewer has not paid for, unless what it says does not matter: `even_locked`.
    """
    comment = Comment.objects.select_related("post", "parent").filter(pk=comment_id).first()
    circle = Circle(viewer)
    if comment is None or comment not in _visible([comment], circle):
        raise NotFound
    if not even_locked and circle.locked([comment.post]):
        raise PostLocked
    return SeenComment(comment, comment.post, circle)


def visible_comments(viewer: AnyViewer, ids: Collection[uuid.UUID]) -> list[Comment]:
    """Read those of these comments that are for the viewer, with their posts, in three queries."""
    return _find(Circle(viewer), ids)


def cards_of_comments(viewer: AnyViewer, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, CommentCard]:
    """Show those of these comments that are for the viewer, in four queries; none for no ids."""
    if not ids:
        return {}
    circle = Circle(viewer)
    visible = _find(circle, ids)
    marks = _marks(viewer, [comment.pk for comment in visible])
    return {
        comment.pk: _card(comment, author, marks.get(comment.pk))
        for comment in visible
        if (author := circle.person(comment.author_id)) is not None
    }


def _find(circle: Circle, ids: Collection[uuid.UUID]) -> list[Comment]:
    rows = Comment.objects.select_related("post", "parent").filter(pk__in=set(ids))
    visible = _visible(list(rows), circle)
    locked = circle.locked({row.post_id: row.post for row in visible}.values())
    return [row for row in visible if row.post_id not in locked]


def _visible(comments: list[Comment], circle: Circle) -> list[Comment]:
    """Pick the comments that are seen: as is what they stand under, a post and perhaps a comment."""
    whole = [row for row in comments if row.parent_id is None or row.parent is not None]
    authors = {row.post.author_id for row in whole}
    circle.meet(authors | {link.author_id for row in whole for link in _chain(row)})
    return [
        row
        for row in whole
        if circle.sees_post(row.post) and all(_sees(circle, link, row.post) for link in _chain(row))
    ]


def _chain(comment: Comment) -> list[Comment]:
    return [comment] if comment.parent is None else [comment, comment.parent]


def card_of(seen: SeenComment) -> CommentCard:
    """Show a comment with what the viewer did to it, in one query."""
    return _cards([seen.comment], seen.circle, seen.post)[0] or _hide()


def comments_of(
    viewer: AnyViewer, post_id: uuid.UUID, request: PageRequest, *, sort: str = CommentSort.NEWEST
) -> Page[CommentCard]:
    """Read a page of the comments under a post, without replies; NotFound when the viewer sees no post."""

    def read() -> tuple[Page[CommentCard], Iterable[str], int]:
        post = Post.objects.filter(pk=post_id).first()
        if post is None:
            raise NotFound
        rows = Comment.objects.filter(post_id=post_id, parent__isnull=True)
        return _read_page(Circle(viewer), post, rows, request, sort)

    return caching.remember(_page_key("comments", post_id, viewer, request, sort), read)


def replies_to(
    viewer: AnyViewer, comment_id: uuid.UUID, request: PageRequest, *, sort: str = CommentSort.NEWEST
) -> Page[CommentCard]:
    """Read a page of the replies to a comment; NotFound when the viewer does not see the comment."""

    def read() -> tuple[Page[CommentCard], Iterable[str], int]:
        parent = Comment.objects.select_related("post").filter(pk=comment_id, parent__isnull=True).first()
        if parent is None:
            return _no_replies(viewer, comment_id)
        rows = Comment.objects.filter(post_id=parent.post_id, parent_id=comment_id)
        return _read_page(Circle(viewer), parent.post, rows, request, sort, below=parent)

    return caching.remember(_page_key("replies", comment_id, viewer, request, sort), read)


def _read(viewer: AnyViewer, comment_id: uuid.UUID) -> tuple[CommentCard, Iterable[str], int]:
    seen = visible_comment(viewer, comment_id)
    return card_of(seen), _stamps(seen.circle, seen.post), SIZE_OF_A_COMMENT


def _no_replies(viewer: AnyViewer, comment_id: uuid.UUID) -> tuple[Page[CommentCard], Iterable[str], int]:
    """Read no replies: a reply has none. NotFound when the viewer sees no such reply."""
    seen = visible_comment(viewer, comment_id)
    return Page([]), _stamps(seen.circle, seen.post), SIZE_OF_A_COMMENT


def _read_page(
    circle: Circle,
    post: Post,
    rows: QuerySet[Comment],
    request: PageRequest,
    sort: str,
    *,
    below: Comment | None = None,
) -> tuple[Page[CommentCard], Iterable[str], int]:
    order = ORDERS[CommentSort(sort)]
    rows = _without_hidden(rows, circle.viewer, post)
    above = {post.author_id} if below is None else {post.author_id, below.author_id}
    is_paid_for = False

    def keep(found: list[Comment]) -> list[CommentCard | None]:
        nonlocal is_paid_for
        circle.meet(above | {comment.author_id for comment in found})
        if not circle.sees_post(post) or not (below is None or _sees(circle, below, post)):
            raise NotFound
        if not is_paid_for and circle.locked([post]):
            raise PostLocked
        is_paid_for = True
        return _cards(found, circle, post)

    page = filled_page(
        lambda part: keyset_page(rows, part, order=order), keep, request, lambda row: _position(row, order)
    )
    return page, _stamps(circle, post), SIZE_OF_A_COMMENT * (1 + len(page.items))


def _without_hidden(rows: QuerySet[Comment], viewer: AnyViewer, post: Post) -> QuerySet[Comment]:
    if viewer.id == post.author_id:
        return rows
    shown = Q(is_hidden=False)
    return rows.filter(shown if viewer.id is None else shown | Q(author_id=viewer.id))


def _position(row: Comment, order: Sequence[str]) -> Position:
    return tuple(getattr(row, name.removeprefix("-")) for name in order)


def _page_key(what: str, thing_id: uuid.UUID, viewer: AnyViewer, request: PageRequest, sort: str) -> str:
    return f"{what}:{thing_id}:{viewer.id}:{sort}:{request.limit}:{request.after}"


def _stamps(circle: Circle, post: Post) -> set[str]:
    names = circle.stamps() | {f"post:{post.pk}", f"comments:{post.pk}", f"marks:{circle.viewer.id}"}
    return names | {f"entitlements:{circle.viewer.id}"} if post.is_for_payers else names


def _sees(circle: Circle, comment: Comment, post: Post) -> bool:
    return can_see_comment(
        circle.viewer,
        author=circle.person(comment.author_id),
        is_hidden=comment.is_hidden,
        moderation=comment.moderation,
        post_author_id=post.author_id,
        relation=circle.relation(comment.author_id),
    )


def _cards(comments: Sequence[Comment], circle: Circle, post: Post) -> list[CommentCard | None]:
    """Show those of the comments that the viewer may see, None for the others."""
    visible = [comment for comment in comments if _sees(circle, comment, post)]
    marks = _marks(circle.viewer, [comment.pk for comment in visible])
    shown = {
        comment.pk: _card(comment, author, marks.get(comment.pk))
        for comment in visible
        if (author := circle.person(comment.author_id)) is not None
    }
    return [shown.get(comment.pk) for comment in comments]


def _marks(viewer: AnyViewer, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    if viewer.id is None or not ids:
        return {}
    rows = CommentReaction.objects.filter(user_id=viewer.id, comment_id__in=ids)
    return dict(rows.values_list("comment_id", "kind"))


def _card(comment: Comment, author: Person, reaction: str | None) -> CommentCard:
    return CommentCard(
        id=comment.pk,
        post_id=comment.post_id,
        parent_id=comment.parent_id,
        author=author.summary,
        text=comment.text,
        entities=cards_of_entities(comment.entities),
        is_hidden=comment.is_hidden,
        created_at=comment.created_at,
        edited_at=comment.edited_at,
        counts=CommentCounts(
            reactions=comment.reaction_count,
            by_reaction=comment.counts_by_kind(),
            replies=comment.reply_count,
        ),
        viewer=CommentMarks(reaction=reaction),  # type: ignore[arg-type]
    )


def _hide() -> CommentCard:
    raise NotFound
