"""Commenting, and what authors do about comments."""

import uuid
from collections.abc import Callable

from django.db.models import QuerySet
from django.utils import timezone

from accounts.enums import Moderation
from content.actions.counts import count_on_post, count_reply
from content.actions.notices import take_back_comment, tell_of_changed_mentions, tell_of_comment
from content.actions.tags import note_mentions
from content.cards import CommentCard
from content.errors import NotTheAuthor, NotYourPost, RepliesRestricted
from content.events import (
    CommentAdded,
    CommentDeleted,
    CommentEdited,
    CommentHidden,
    CommentUnhidden,
)
from content.models import Comment, Post
from content.policies.visibility import Audience, can_comment
from content.selectors.comments import SeenComment, card_of, get_comment, visible_comment
from content.selectors.entities import Entities, find_entities, mentioned_in
from content.selectors.locks import check_can_read
from content.selectors.posts import audience_of
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.errors import Invalid, NotFound
from grover.core.events import emit
from grover.core.jobs import enqueue_durable
from grover.core.races import LostRace, settled, turn
from grover.core.viewers import Viewer


def add_comment(
    actor: Viewer, *, post_id: uuid.UUID, text: str, parent_id: uuid.UUID | None = None
) -> CommentCard:
    """Comment on a post, or reply to a comment there; a reply to a reply joins it under its parent."""
    return get_comment(actor, _add(actor, post_id, text, parent_id))


@settled
def _add(actor: Viewer, post_id: uuid.UUID, text: str, parent_id: uuid.UUID | None) -> uuid.UUID:
    post, audience, relation = audience_of(actor, post_id)
    check_can_read(actor, audience)
    if not can_comment(actor, audience, post.reply_policy, relation):
        raise RepliesRestricted
    answered = None if parent_id is None else _answered(actor, post_id, parent_id)
    entities = find_entities(actor, text)
    with turn(post_id):
        return _write(actor, post, audience, text, entities, answered)


@atomic
def _write(
    actor: Viewer, post: Post, audience: Audience, text: str, entities: Entities, answered: Comment | None
) -> uuid.UUID:
    thread = None if answered is None else answered.parent or answered
    thread_id = None if thread is None else thread.pk
    count_on_post(post.pk, comment_count=1)
    if thread is not None:
        count_reply(thread, by=1)
    comment = Comment.objects.create(
        post_id=post.pk, author_id=actor.id, parent_id=thread_id, text=text, entities=entities.stored
    )
    note_mentions(post.pk, comment.pk, after=entities.relations)
    tell_of_comment(
        actor, comment, post=post, audience=audience, answered=answered, mentioned=entities.relations
    )
    emit(
        CommentAdded(
            comment_id=comment.pk,
            post_id=post.pk,
            post_author_id=post.author_id,
            author_id=actor.id,
            parent_id=thread_id,
        )
    )
    bump(f"comments:{post.pk}", f"post:{post.pk}")
    return comment.pk


def _answered(actor: Viewer, post_id: uuid.UUID, parent_id: uuid.UUID) -> Comment:
    """Find the comment that is answered; Invalid when the actor sees no such one on this post."""
    try:
        parent = visible_comment(actor, parent_id).comment
    except NotFound:
        raise _unknown_parent() from None
    if parent.post_id != post_id:
        raise _unknown_parent()
    return parent


def _unknown_parent() -> Invalid:
    return Invalid.at("/parent_id", "unknown", "There is no such comment on this post")


def edit_comment(
    actor: Viewer,
    *,
    comment_id: uuid.UUID,
    text: str | None = None,
    precondition: Callable[[CommentCard], None] | None = None,
) -> CommentCard:
    """Change the text of one's own comment.

    `precondition` may refuse on the comment as it stands; the change is made to just that state or not
    at all.
    """
    _edit(actor, comment_id, text, precondition)
    return get_comment(actor, comment_id)


@settled
def _edit(
    actor: Viewer,
    comment_id: uuid.UUID,
    text: str | None,
    precondition: Callable[[CommentCard], None] | None,
) -> None:
    seen = visible_comment(actor, comment_id)
    if seen.comment.author_id != actor.id:
        raise NotTheAuthor
    if precondition is not None:
        precondition(card_of(seen))
    if text is not None and text != seen.comment.text:
        _write_if_unchanged(actor, seen, text, find_entities(actor, text))


@atomic
def _write_if_unchanged(actor: Viewer, seen: SeenComment, text: str, entities: Entities) -> None:
    comment, before = seen.comment, mentioned_in(seen.comment.entities)
    same = Comment.objects.filter(pk=comment.pk, version=comment.version)
    changes = {"text": text, "entities": entities.stored, "edited_at": timezone.now()}
    if same.update(**changes, version=comment.version + 1) != 1:
        raise LostRace
    comment.text = text
    note_mentions(comment.post_id, comment.pk, before=before, after=entities.relations)
    if comment.moderation == Moderation.VISIBLE:
        tell_of_changed_mentions(actor, comment, seen.audience, before=before, mentioned=entities.relations)
    emit(CommentEdited(comment_id=comment.pk, post_id=comment.post_id, author_id=comment.author_id))
    bump(f"comments:{comment.post_id}")


def hide_comment(actor: Viewer, *, comment_id: uuid.UUID) -> CommentCard:
    """Hide a comment under one's own post from all but oneself and who wrote it."""
    _set_hidden(actor, comment_id, True)
    return get_comment(actor, comment_id)


def unhide_comment(actor: Viewer, *, comment_id: uuid.UUID) -> CommentCard:
    """Show a comment under one's own post again."""
    _set_hidden(actor, comment_id, False)
    return get_comment(actor, comment_id)


@atomic
def _set_hidden(actor: Viewer, comment_id: uuid.UUID, is_hidden: bool) -> None:
    seen = visible_comment(actor, comment_id)
    if seen.post.author_id != actor.id:
        raise NotYourPost
    otherwise = Comment.objects.filter(pk=comment_id, is_hidden=not is_hidden)
    if not otherwise.update(is_hidden=is_hidden):
        return
    event = CommentHidden if is_hidden else CommentUnhidden
    emit(event(comment_id=comment_id, post_id=seen.post.pk))
    bump(f"comments:{seen.post.pk}")


@settled
def delete_comment(actor: Viewer, *, comment_id: uuid.UUID) -> None:
    """Delete one's own comment, or one under one's own post, with all its replies."""
    seen = visible_comment(actor, comment_id, even_locked=True)
    if actor.id not in (seen.comment.author_id, seen.post.author_id):
        raise NotTheAuthor
    with turn(seen.post.pk):
        remove_comment(seen.comment)


@atomic
def remove_comment(comment: Comment) -> None:
    """Remove a comment, whoever asked for it: it and its replies count no more at once.

    The rows of the replies and reactions go in a job. LostRace when the comment, what it stands under
    or its number of replies is no longer what was read.
    """
    if comment.is_counted:
        count_comment(comment, by=-1)
    if as_read(comment).delete()[0] != 1:
        raise LostRace
    take_back_comment(comment.pk)
    enqueue_durable("content.tasks.erase_remains_of_comment", comment_id=comment.pk)
    emit(
        CommentDeleted(
            comment_id=comment.pk,
            post_id=comment.post_id,
            author_id=comment.author_id,
            reply_count=comment.reply_count,
        )
    )
    bump(f"comments:{comment.post_id}", f"post:{comment.post_id}")


def count_comment(comment: Comment, *, by: int) -> None:
    """Count a comment with its replies, or no more; under a removed parent it counts there alone."""
    parent = comment.parent
    if parent is None or parent.is_counted:
        count_on_post(comment.post_id, comment_count=by * (1 + comment.reply_count))
    if parent is not None:
        count_reply(parent, by=by)


def as_read(comment: Comment) -> QuerySet[Comment]:
    """Find a comment as long as it has the replies that were counted, and nobody moderated it."""
    return Comment.objects.filter(
        pk=comment.pk, reply_count=comment.reply_count, moderation=comment.moderation
    )
