"""Reacting to posts and comments."""

import uuid

from accounts.cards.people import Relation
from content.actions.counts import (
    count_on_comment,
    count_on_post,
    reaction_of,
    reaction_steps,
    replace_reaction,
)
from content.actions.notices import (
    take_back_comment_reaction,
    take_back_reaction,
    tell_of_comment_reaction,
    tell_of_reaction,
)
from content.cards import CommentCard, PostCard
from content.events import (
    CommentReactionAdded,
    CommentReactionRemoved,
    ReactionAdded,
    ReactionRemoved,
)
from content.models import CommentReaction, Post, PostReaction
from content.selectors.comments import SeenComment, get_comment, visible_comment
from content.selectors.posts import audience_of, get_post
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.races import settled, turn
from grover.core.viewers import Viewer


def react_to_post(actor: Viewer, *, post_id: uuid.UUID, kind: str) -> PostCard:
    """React to a post; a second reaction replaces the first."""
    _change_on_post(actor, post_id, kind)
    return get_post(actor, post_id)


def unreact_to_post(actor: Viewer, *, post_id: uuid.UUID) -> PostCard:
    """Take one's reaction to a post back, if there is one."""
    _change_on_post(actor, post_id, None)
    return get_post(actor, post_id)


def react_to_comment(actor: Viewer, *, comment_id: uuid.UUID, kind: str) -> CommentCard:
    """React to a comment; a second reaction replaces the first."""
    _change_on_comment(actor, comment_id, kind)
    return get_comment(actor, comment_id)


def unreact_to_comment(actor: Viewer, *, comment_id: uuid.UUID) -> CommentCard:
    """Take one's reaction to a comment back, if there is one."""
    _change_on_comment(actor, comment_id, None)
    return get_comment(actor, comment_id)


@settled
def _change_on_post(actor: Viewer, post_id: uuid.UUID, kind: str | None) -> None:
    post, _, relation = audience_of(actor, post_id)
    before = reaction_of(PostReaction, actor.id, post_id=post_id)
    if before != kind:
        with turn(post_id):
            _write_on_post(actor, post, relation, before, kind)


@atomic
def _write_on_post(
    actor: Viewer, post: Post, relation: Relation, before: str | None, after: str | None
) -> None:
    count_on_post(post.pk, **reaction_steps(before, after))
    replace_reaction(PostReaction, actor.id, before=before, after=after, post_id=post.pk)
    if after is not None:
        emit(
            ReactionAdded(
                post_id=post.pk, author_id=post.author_id, user_id=actor.id, kind=after, replaced=before
            )
        )
        if before is None:
            tell_of_reaction(actor, post, relation)
    elif before is not None:
        take_back_reaction(actor, post)
        emit(ReactionRemoved(post_id=post.pk, user_id=actor.id, kind=before))
    bump(f"post:{post.pk}", f"marks:{actor.id}")


@settled
def _change_on_comment(actor: Viewer, comment_id: uuid.UUID, kind: str | None) -> None:
    seen = visible_comment(actor, comment_id)
    before = reaction_of(CommentReaction, actor.id, comment_id=comment_id)
    if before != kind:
        with turn(comment_id):
            _write_on_comment(actor, seen, before, kind)


@atomic
def _write_on_comment(actor: Viewer, seen: SeenComment, before: str | None, after: str | None) -> None:
    comment = seen.comment
    count_on_comment(comment.pk, **reaction_steps(before, after))
    replace_reaction(CommentReaction, actor.id, before=before, after=after, comment_id=comment.pk)
    if after is not None:
        emit(
            CommentReactionAdded(
                comment_id=comment.pk,
                author_id=comment.author_id,
                user_id=actor.id,
                kind=after,
                replaced=before,
            )
        )
        if before is None:
            tell_of_comment_reaction(actor, comment, seen.circle.relation(comment.author_id))
    elif before is not None:
        take_back_comment_reaction(actor, comment)
        emit(CommentReactionRemoved(comment_id=comment.pk, user_id=actor.id, kind=before))
    bump(f"comments:{comment.post_id}", f"marks:{actor.id}")
