"""What the staff does to posts, comments and stories; each joins the transaction of their decision.

Whoever is asked for a thing reads it first and changes just that state: LostRace when it is no longer as
it was read.
"""

import uuid
from collections.abc import Callable

from accounts.enums import Moderation
from accounts.selectors.people import people_by_id
from content.actions.comments import as_read, count_comment, remove_comment
from content.actions.indexing import index_soon
from content.actions.notices import take_back_comment
from content.actions.posts import count_post, remove_post
from content.actions.publishing import place_of
from content.actions.stories import place_of_story, remove_story
from content.actions.tags import retag
from content.models import Comment, PinnedPost, Post, Story
from content.policies.visibility import audience_for
from content.selectors.entities import tags_listed
from content.selectors.excerpts import COMMENT, POST
from content.selectors.stories import STORY
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.jobs import enqueue_durable
from grover.core.races import LostRace, settled
from grover.media.actions.attachments import set_restricted, withhold_media
from messaging.actions.withdrawals import withdraw_things


@atomic
def moderate(kind: str, thing_id: uuid.UUID, moderation: Moderation) -> bool | None:
    """Hide a thing, remove it or show it again, and tell whether it is there; None for another kind.

    What is removed is gone from every road and every counter at once.
    """
    change = _CHANGES.get(kind)
    if change is None:
        return None
    is_there = change(thing_id, moderation)
    if is_there and moderation == Moderation.REMOVED:
        enqueue_durable("content.tasks.withdraw_removed", kind=kind, thing_id=thing_id)
    return is_there


def _moderate_post(post_id: uuid.UUID, moderation: Moderation) -> bool:
    post = Post.objects.filter(pk=post_id).first()
    if post is None or post.moderation == moderation:
        return post is not None
    was_under, was_counted, version = tags_listed(post), post.is_counted, post.version
    post.moderation = moderation
    audience = audience_for(post, people_by_id([post.author_id]).get(post.author_id))
    post.is_listed = audience.is_for_all
    same = Post.objects.filter(pk=post_id, version=version)
    if same.update(moderation=moderation, is_listed=post.is_listed, version=version + 1) != 1:
        raise LostRace
    if post.is_counted != was_counted:
        count_post(post, by=1 if post.is_counted else -1)
    if post.is_counted:
        set_restricted(to=place_of(post_id), restricted=audience.is_restricted)
    else:
        _unpin(post_id)
        withhold_media(to=place_of(post_id))
    index_soon(post_id)
    retag(post_id, before=was_under, after=tags_listed(post))
    bump(f"post:{post_id}", f"comments:{post_id}", f"user:{post.author_id}")
    bump(f"category:{post.category}", f"community:{post.community_id}")
    return True


def _unpin(post_id: uuid.UUID) -> None:
    """Free the place of a post atop its author's profile, which they could not do any more."""
    PinnedPost.objects.filter(post_id=post_id).delete()
    Post.objects.filter(pk=post_id).update(pinned_at=None)


def _moderate_comment(comment_id: uuid.UUID, moderation: Moderation) -> bool:
    comment = Comment.objects.select_related("parent").filter(pk=comment_id).first()
    if comment is None or not Post.objects.filter(pk=comment.post_id).exists():
        return False
    if comment.moderation == moderation:
        return True
    same, was_counted = as_read(comment), comment.is_counted
    comment.moderation = moderation
    if comment.is_counted != was_counted:
        count_comment(comment, by=1 if comment.is_counted else -1)
    if same.update(moderation=moderation) != 1:
        raise LostRace
    bump(f"comments:{comment.post_id}", f"post:{comment.post_id}")
    return True


def _moderate_story(story_id: uuid.UUID, moderation: Moderation) -> bool:
    author_id = Story.objects.filter(pk=story_id).values_list("author_id", flat=True).first()
    if author_id is None or not Story.objects.filter(pk=story_id).update(moderation=moderation):
        return False
    if moderation == Moderation.REMOVED:
        withhold_media(to=place_of_story(story_id))
    else:
        set_restricted(to=place_of_story(story_id), restricted=True)
    bump(f"stories:{author_id}")
    return True


_TABLES: dict[str, type[Post] | type[Comment] | type[Story]] = {POST: Post, COMMENT: Comment, STORY: Story}
_CHANGES: dict[str, Callable[[uuid.UUID, Moderation], bool]] = {
    POST: _moderate_post,
    COMMENT: _moderate_comment,
    STORY: _moderate_story,
}


def withdraw_removed(kind: str, thing_id: uuid.UUID) -> None:
    """Take back what people were told of a thing that the staff removed; nothing once it is shown again."""
    table = _TABLES[kind]
    if not table._default_manager.filter(pk=thing_id, moderation=Moderation.REMOVED).exists():
        return
    withdraw_things(kind, [thing_id])
    if kind == COMMENT:
        take_back_comment(thing_id)


@settled
def erase_removed(kind: str, thing_id: uuid.UUID) -> None:
    """Erase a thing that the staff removed, for good; one that is gone or shown again is left alone."""
    if kind in _TABLES:
        _erase(kind, thing_id)


@atomic
def _erase(kind: str, thing_id: uuid.UUID) -> None:
    removed = _TABLES[kind]._default_manager.filter(pk=thing_id, moderation=Moderation.REMOVED)
    match removed.first():
        case Post() as post:
            remove_post(post)
        case Comment() as comment if Post.objects.filter(pk=comment.post_id).exists():
            remove_comment(comment)
        case Story() as story:
            remove_story(story, Story.objects.filter(pk=thing_id))
