"""Removing for good: what hung on deleted things, and what a person left.

These run in jobs, in small transactions, and may be run again from the start.
"""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import Model, QuerySet

from content.actions.batches import erase
from content.actions.collections import remove_collection, remove_follow_of_collection
from content.actions.comments import remove_comment
from content.actions.communities import quit_for_good
from content.actions.counts import count_on_comment, count_on_post, reaction_steps, replace_reaction
from content.actions.notices import take_back_comment
from content.actions.polls import remove_vote
from content.actions.posts import release_from_community, remove_post
from content.actions.tags import remove_tag_follow
from content.models import (
    Collection,
    CollectionFollow,
    CollectionItem,
    Comment,
    CommentReaction,
    Community,
    CommunityMember,
    CommunityRequest,
    Draft,
    IndexedPost,
    Mention,
    PinnedPost,
    Poll,
    PollOption,
    PollVote,
    Post,
    PostReaction,
    PostRevision,
    PostTag,
    PostView,
    Repost,
    SavedPost,
    TagFollow,
    Trend,
)
from content.selectors.excerpts import COMMENT, POST
from content.selectors.memberships import communities_of
from grover.core.batches import BATCH, ids_of
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.races import LostRace, settled
from messaging.actions.withdrawals import withdraw_things

HANGING_ON_A_POST: tuple[type[Model], ...] = (
    PostReaction,
    SavedPost,
    PostView,
    PostRevision,
    PinnedPost,
    PostTag,
    Mention,
    Repost,
    PollVote,
    PollOption,
    Poll,
    CollectionItem,
    Draft,
    IndexedPost,
)


def erase_remains_of_post(post_id: uuid.UUID) -> None:
    """Remove all rows that hung on a post; nothing while the post is there."""
    if Post.objects.filter(pk=post_id).exists():
        return
    withdraw_things(POST, [post_id])
    _erase_comments(Comment.objects.filter(post_id=post_id))
    for table in HANGING_ON_A_POST:
        erase(table._default_manager.filter(post_id=post_id))


def erase_remains_of_comment(comment_id: uuid.UUID) -> None:
    """Remove all rows that hung on a comment; nothing while the comment is there."""
    if Comment.objects.filter(pk=comment_id).exists():
        return
    withdraw_things(COMMENT, [comment_id])
    _erase_comments(Comment.objects.filter(parent_id=comment_id))
    erase(CommentReaction.objects.filter(comment_id=comment_id))
    erase(Mention.objects.filter(comment_id=comment_id))


def erase_remains_of_community(community_id: uuid.UUID) -> None:
    """Remove all rows that hung on a community, and take its posts out; nothing while it is there."""
    if Community.objects.filter(pk=community_id).exists():
        return
    members = CommunityMember.objects.filter(community_id=community_id)
    members_ids = list(members.values_list("user_id", flat=True))
    erase(members)
    bump(*(f"memberships:{user_id}" for user_id in members_ids))
    erase(CommunityRequest.objects.filter(community_id=community_id))
    _each(Post.objects.filter(community_id=community_id), release_from_community)


def erase_person(user_id: uuid.UUID) -> None:
    """Remove all that a person published and did; the counts of what stays are exact throughout."""
    _each(Post.objects.filter(author_id=user_id), _erase_post)
    _each(Comment.objects.filter(author_id=user_id), _erase_comment)
    _each(PostReaction.objects.filter(user_id=user_id), _erase_post_reaction)
    _each(CommentReaction.objects.filter(user_id=user_id), _erase_comment_reaction)
    _each(SavedPost.objects.filter(user_id=user_id), partial(_erase_counted, SavedPost, save_count=-1))
    _each(PostView.objects.filter(user_id=user_id), partial(_erase_counted, PostView, view_count=-1))
    _each(Repost.objects.filter(user_id=user_id), partial(_erase_counted, Repost, repost_count=-1))
    _each(PollVote.objects.filter(user_id=user_id), settled(remove_vote))
    _each_membership(user_id)
    erase(CommunityRequest.objects.filter(user_id=user_id))
    _each(Collection.objects.filter(owner_id=user_id), _erase_collection)
    _each(TagFollow.objects.filter(user_id=user_id), _erase_follow_of_tag)
    _each(CollectionFollow.objects.filter(user_id=user_id), _erase_follow_of_collection)
    erase(Mention.objects.filter(user_id=user_id))
    erase(Draft.objects.filter(author_id=user_id))
    erase(Trend.objects.filter(thing_id=user_id))
    bump(f"user:{user_id}", f"marks:{user_id}")


def _each(rows: QuerySet[Any], remove: Callable[[uuid.UUID], None]) -> None:
    for row_id in ids_of(rows):
        remove(row_id)


def _each_membership(user_id: uuid.UUID) -> None:
    for community_id in communities_of(user_id):
        quit_for_good(user_id, community_id)


def _erase_comments(rows: QuerySet[Comment]) -> None:
    """Remove comments that nobody can reach any more, after what hangs on them."""
    while ids := list(rows.values_list("pk", flat=True)[:BATCH]):
        for comment_id in ids:
            take_back_comment(comment_id)
        withdraw_things(COMMENT, ids)
        erase(CommentReaction.objects.filter(comment_id__in=ids))
        erase(Mention.objects.filter(comment_id__in=ids))
        erase(Comment.objects.filter(pk__in=ids))


@settled
@atomic
def _erase_post(post_id: uuid.UUID) -> None:
    post = Post.objects.filter(pk=post_id).first()
    if post is not None:
        remove_post(post)


@settled
@atomic
def _erase_collection(collection_id: uuid.UUID) -> None:
    row = Collection.objects.filter(pk=collection_id).first()
    if row is not None:
        remove_collection(row)


@settled
@atomic
def _erase_follow_of_tag(row_id: uuid.UUID) -> None:
    row = TagFollow.objects.filter(pk=row_id).first()
    if row is not None:
        remove_tag_follow(row.user_id, row.tag)


@settled
@atomic
def _erase_follow_of_collection(row_id: uuid.UUID) -> None:
    row = CollectionFollow.objects.filter(pk=row_id).first()
    if row is not None:
        remove_follow_of_collection(row.user_id, row.collection_id)


@settled
@atomic
def _erase_comment(comment_id: uuid.UUID) -> None:
    comment = Comment.objects.filter(pk=comment_id).first()
    if comment is None:
        return
    if _hangs_on_nothing(comment):
        Comment.objects.filter(pk=comment_id).delete()
        CommentReaction.objects.filter(comment_id=comment_id).delete()
    else:
        remove_comment(comment)


def _hangs_on_nothing(comment: Comment) -> bool:
    """Tell whether a comment's post or parent was deleted, so that it waits to be removed with it."""
    if not Post.objects.filter(pk=comment.post_id).exists():
        return True
    return comment.parent_id is not None and not Comment.objects.filter(pk=comment.parent_id).exists()


@settled
@atomic
def _erase_post_reaction(row_id: uuid.UUID) -> None:
    row = PostReaction.objects.filter(pk=row_id).first()
    if row is None:
        return
    if Post.objects.filter(pk=row.post_id).exists():
        count_on_post(row.post_id, **reaction_steps(row.kind, None))
        bump(f"post:{row.post_id}")
    replace_reaction(PostReaction, row.user_id, before=row.kind, after=None, post_id=row.post_id)


@settled
@atomic
def _erase_comment_reaction(row_id: uuid.UUID) -> None:
    row = CommentReaction.objects.filter(pk=row_id).first()
    if row is None:
        return
    post_id = Comment.objects.filter(pk=row.comment_id).values_list("post_id", flat=True).first()
    if post_id is not None:
        count_on_comment(row.comment_id, **reaction_steps(row.kind, None))
        bump(f"comments:{post_id}")
    replace_reaction(CommentReaction, row.user_id, before=row.kind, after=None, comment_id=row.comment_id)


@settled
@atomic
def _erase_counted(
    table: type[SavedPost] | type[PostView] | type[Repost], row_id: uuid.UUID, **by: int
) -> None:
    row = table._default_manager.filter(pk=row_id).first()
    if row is None:
        return
    if Post.objects.filter(pk=row.post_id).exists():
        count_on_post(row.post_id, **by)
        bump(f"post:{row.post_id}")
    if table._default_manager.filter(pk=row_id).delete()[0] != 1:
        raise LostRace
