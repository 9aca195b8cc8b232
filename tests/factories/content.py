"""Posts, comments and what people do to them, as rows whose counters agree."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from content.models import (
    Collection,
    CollectionItem,
    Comment,
    CommentReaction,
    Community,
    CommunityMember,
    Mention,
    PinnedPost,
    Poll,
    PollOption,
    Post,
    PostReaction,
    PostRevision,
    PostTag,
    PostView,
    Repost,
    SavedPost,
    Tag,
)
from grover.core.caching import bump
from grover.media.models import Media
from messaging.enums import ReactionKind


def make_post(author: User, *, media: Sequence[Media] = (), tags: Sequence[str] = (), **fields: Any) -> Post:
    """Make a post; `media` are uploads of its author that it shows, `tags` known ones that it bears."""
    fields.setdefault("text", "Hello, world.")
    ids = [str(upload.pk) for upload in media]
    shown = {f"has_{upload.kind}": True for upload in media}
    post = Post.objects.create(author=author, media_ids=ids, **shown, **fields)
    for upload in media:
        Media.objects.filter(pk=upload.pk).update(attached_to=f"post:{post.pk}")
    for tag in tags:
        PostTag.objects.create(post=post, tag=tag)
        Tag.objects.filter(name=tag).update(post_count=F("post_count") + 1)
    if post.quote_of is not None:
        _count(post.quote_of, quote_count=1)
    User.objects.filter(pk=author.pk).update(post_count=F("post_count") + 1)
    return post


def make_tag(name: str) -> Tag:
    """Make a tag that nothing bears."""
    return Tag.objects.create(name=name)


def make_mention(post: Post, user: User, comment: Comment | None = None) -> Mention:
    """Make a post, or a comment under it, mention somebody."""
    return Mention.objects.create(post=post, comment=comment, user=user)


def make_poll(post: Post, options: Sequence[str], **fields: Any) -> Post:
    """Give a post a poll that closes in a day unless said otherwise."""
    fields.setdefault("closes_at", timezone.now() + dt.timedelta(days=1))
    Poll.objects.create(post=post, **fields)
    for position, text in enumerate(options):
        PollOption.objects.create(post=post, position=position, text=text)
    Post.objects.filter(pk=post.pk).update(has_poll=True)
    return post


def make_repost(post: Post, user: User) -> Repost:
    """Make somebody pass a post on."""
    _count(post, repost_count=1)
    repost = Repost.objects.create(post=post, user=user)
    bump(f"post:{post.pk}", f"user:{user.pk}")
    return repost


def make_community(owner: User, *members: User, **fields: Any) -> Community:
    """Make a community, public unless said otherwise, with members besides its owner."""
    count = len(members) + 1
    community = Community.objects.create(**{"name": "Weavers", "member_count": count, **fields})
    for user, role in ((owner, "owner"), *((member, "member") for member in members)):
        CommunityMember.objects.create(community=community, user=user, role=role)
    return community


def make_collection(owner: User, *posts: Post, **fields: Any) -> Collection:
    """Make a collection, private unless said otherwise, with posts put in one after the other."""
    collection = Collection.objects.create(owner=owner, **{"title": "Looms", **fields})
    for post in posts:
        CollectionItem.objects.create(collection=collection, post=post)
    return collection


def make_comment(post: Post, author: User, *, parent: Comment | None = None, **fields: Any) -> Comment:
    """Make a comment under a post, or a reply to one of its comments."""
    fields.setdefault("text", "Well said.")
    comment = Comment.objects.create(post=post, author=author, parent=parent, **fields)
    _count(post, comment_count=1)
    if parent is not None:
        _count(parent, reply_count=1)
    return comment


def react(thing: Post | Comment, user: User, kind: str = ReactionKind.LIKE) -> PostReaction | CommentReaction:
    """Make somebody react to a post or comment."""
    _count(thing, **{"reaction_count": 1, f"{kind}_count": 1})
    if isinstance(thing, Post):
        return PostReaction.objects.create(post=thing, user=user, kind=kind)
    return CommentReaction.objects.create(comment=thing, user=user, kind=kind)


def save(post: Post, user: User) -> SavedPost:
    """Make somebody save a post."""
    _count(post, save_count=1)
    return SavedPost.objects.create(post=post, user=user)


def view(post: Post, user: User, on: dt.date | None = None) -> PostView:
    """Make somebody see a post, today unless said otherwise."""
    _count(post, view_count=1)
    return PostView.objects.create(post=post, user=user, seen_on=on or timezone.now().date())


def pin(post: Post, place: int = 1) -> PinnedPost:
    """Put a post atop its author's profile."""
    Post.objects.filter(pk=post.pk).update(pinned_at=timezone.now())
    return PinnedPost.objects.create(post=post, user_id=post.author_id, place=place)


def make_revision(post: Post, **fields: Any) -> PostRevision:
    """Make an earlier wording of a post."""
    fields.setdefault("text", "Helo, wrold.")
    fields.setdefault("version", post.version)
    revision = PostRevision.objects.create(post=post, **fields)
    _count(post, version=1)
    return revision


def counts_of(thing: Post | Comment) -> dict[str, int]:
    """Read the counters of a post or comment that are not nought."""
    row: dict[str, int] = type(thing).objects.filter(pk=thing.pk).values().get()
    return {name: value for name, value in row.items() if name.endswith("_count") and value}


def _count(thing: Post | Comment, **by: int) -> None:
    type(thing).objects.filter(pk=thing.pk).update(**{name: F(name) + number for name, number in by.items()})
    thing.refresh_from_db()


def unknown_id() -> uuid.UUID:
    """Make an id that nothing has."""
    return uuid.uuid4()
