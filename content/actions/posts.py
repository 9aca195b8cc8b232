"""Editing and deleting posts."""

import copy
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts.actions.counters import change_post_count
from accounts.selectors.people import people_by_id
from content.actions.indexing import index_soon
from content.actions.notices import tell_of_changed_mentions
from content.actions.publishing import (
    as_columns,
    check_category,
    check_price,
    check_says_something,
    place_of,
)
from content.actions.tags import know_tags, note_mentions, retag
from content.cards import PostCard
from content.enums import Visibility
from content.errors import NotTheAuthor
from content.events import PostDeleted, PostEdited
from content.models import PinnedPost, Post, PostRevision
from content.policies.visibility import Audience, audience_for
from content.selectors.communities import moderates
from content.selectors.entities import Entities, find_entities, mentioned_in, tags_in, tags_listed
from content.selectors.posts import audience_of, cards_of, get_post, share
from grover.core.batches import ids_of
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.errors import Invalid
from grover.core.events import emit
from grover.core.jobs import enqueue_durable
from grover.core.races import LostRace, settled
from grover.core.viewers import Viewer
from grover.media.actions.attachments import delete_attached, set_restricted
from payments.cards.money import Money

WORDING = frozenset({"text", "content_warning"})
READERS = frozenset({"visibility", "price"})
OF_DRAFTS = ("media_ids", "poll", "quote_of", "community_id", "publish_at", "state")


def edit_post(
    actor: Viewer,
    *,
    post_id: uuid.UUID,
    changes: Mapping[str, Any],
    precondition: Callable[[PostCard], None] | None = None,
) -> PostCard:
    """Change one's own post, keeping what it said before.

    `precondition` may refuse on the post as it stands; the change is made to just that state or not
    at all.
    """
    for name in OF_DRAFTS:
        if name in changes:
            raise Invalid.at(f"/{name}", "fixed", "This is settled once a post is published")
    _edit(actor, post_id, changes, precondition)
    return get_post(actor, post_id)


@settled
def _edit(
    actor: Viewer,
    post_id: uuid.UUID,
    changes: Mapping[str, Any],
    precondition: Callable[[PostCard], None] | None,
) -> None:
    post, audience = _own_post(actor, post_id)
    if precondition is not None:
        precondition(_card_now(actor, post))
    columns = {**changes, **as_columns(changes["price"])} if "price" in changes else changes
    changed = {name: value for name, value in columns.items() if getattr(post, name) != value}
    if not changed:
        return
    check_says_something(
        changed.get("text", post.text), [*post.media_ids, *([True] if post.has_poll else [])]
    )
    check_category(changed.get("category", ""))
    edited = _with(post, changed)
    _check_price(edited)
    entities = None
    if "text" in changed:
        entities = find_entities(actor, changed["text"])
        edited.entities = changed["entities"] = entities.stored
    if (entities is not None or post.is_for_payers) and not edited.is_for_payers:
        know_tags(tags_in(edited.entities))
    _write_if_unchanged(actor, post, audience, changed, entities)


def _with(post: Post, changes: Mapping[str, Any]) -> Post:
    """Give a post as it will be, beside what it is."""
    edited = copy.copy(post)
    for name, value in changes.items():
        setattr(edited, name, value)
    return edited


def _check_price(post: Post) -> None:
    price = None if post.price is None else Money(post.price, post.currency)
    check_price(price, visibility=post.visibility, community_id=post.community_id)


@atomic
def _write_if_unchanged(
    actor: Viewer, post: Post, audience: Audience, changed: dict[str, Any], entities: Entities | None
) -> None:
    has_new_wording = not WORDING.isdisjoint(changed)
    now_for = audience_for(_with(post, changed), audience.author)
    changes = {
        **changed,
        "version": post.version + 1,
        "is_listed": now_for.is_for_all,
        "edited_at": timezone.now() if has_new_wording else post.edited_at,
    }
    edited = _with(post, changes)
    if Post.objects.filter(pk=post.pk, version=post.version).update(**changes) != 1:
        raise LostRace
    if has_new_wording:
        _keep_wording(post)
    if not READERS.isdisjoint(changed):
        set_restricted(to=place_of(post.pk), restricted=now_for.is_restricted)
    retag(post.pk, before=tags_listed(post), after=tags_listed(edited))
    index_soon(post.pk)
    if entities is not None:
        before = mentioned_in(post.entities)
        note_mentions(post.pk, before=before, after=entities.relations)
        tell_of_changed_mentions(actor, edited, now_for, before=before, mentioned=entities.relations)
    emit(PostEdited(post_id=post.pk, author_id=post.author_id, version=post.version + 1))
    bump(f"post:{post.pk}", f"user:{post.author_id}", f"comments:{post.pk}", *_shelves(post, changes))


def _shelves(post: Post, changes: Mapping[str, Any]) -> set[str]:
    """Name the stamps of the categories that an edit takes a post from and puts it in."""
    return {f"category:{slug}" for slug in (post.category, changes.get("category", post.category)) if slug}


def _card_now(actor: Viewer, post: Post) -> PostCard:
    """Show a post as this very row says."""
    return cards_of(list(share([post], read_since=0).values()), actor)[0]


def _keep_wording(post: Post) -> None:
    PostRevision.objects.create(
        post_id=post.pk, version=post.version, text=post.text, content_warning=post.content_warning
    )


@settled
def delete_post(actor: Viewer, *, post_id: uuid.UUID) -> None:
    """Delete one's own post, or one in a community that one moderates.

    It is gone at once, and what hangs on it goes in a job.
    """
    post, _, _ = audience_of(actor, post_id)
    if post.author_id != actor.id and not moderates(actor, post.community_id):
        raise NotTheAuthor
    remove_post(post)


@settled
@atomic
def release_from_community(post_id: uuid.UUID) -> None:
    """Take a post out of a community that is closed; one that was for its members becomes private."""
    post = Post.objects.filter(pk=post_id).first()
    if post is None:
        return
    changes: dict[str, Any] = {"community_id": None, "members_only": False}
    if post.members_only:
        changes["visibility"] = Visibility.PRIVATE
    same = Post.objects.filter(pk=post_id, version=post.version)
    if same.update(**changes, version=post.version + 1) != 1:
        raise LostRace
    index_soon(post_id)
    bump(f"post:{post_id}", f"user:{post.author_id}")


@atomic
def remove_post(post: Post) -> None:
    """Remove a post, whoever asked for it; LostRace when it is no longer as it was read."""
    if not Post.objects.filter(pk=post.pk, version=post.version).delete()[0]:
        raise LostRace
    if post.is_counted:
        count_post(post, by=-1)
    PinnedPost.objects.filter(post_id=post.pk).delete()
    delete_attached(to=place_of(post.pk))
    retag(post.pk, before=tags_listed(post), after=())
    bump(f"community:{post.community_id}")
    enqueue_durable("content.tasks.erase_remains_of_post", post_id=post.pk)
    emit(PostDeleted(post_id=post.pk, author_id=post.author_id))
    bump(f"post:{post.pk}", f"comments:{post.pk}", f"user:{post.author_id}", f"category:{post.category}")


def count_post(post: Post, *, by: int) -> None:
    """Count a post, or no more, where others count it: on what it quotes, and with its author."""
    if post.quote_of_id is not None:
        Post.objects.filter(pk=post.quote_of_id).update(quote_count=F("quote_count") + by)
        bump(f"post:{post.quote_of_id}")
    change_post_count(post.author_id, by=by)


def follow_audience_of(author_id: uuid.UUID) -> None:
    """Hear that who may see somebody's posts has changed, and follow in a job."""
    enqueue_durable("content.tasks.fit_posts_of_author", author_id=author_id)


def fit_posts_of(author_id: uuid.UUID) -> None:
    """Fit who finds somebody's posts, and may fetch their files, to who may see the posts now."""
    for post_id in ids_of(Post.objects.filter(author_id=author_id)):
        _fit(post_id)


@settled
@atomic
def _fit(post_id: uuid.UUID) -> None:
    post = Post.objects.filter(pk=post_id).first()
    if post is None:
        return
    author = people_by_id([post.author_id]).get(post.author_id)
    audience = audience_for(post, author)
    if post.media_ids and post.is_counted:
        set_restricted(to=place_of(post_id), restricted=audience.is_restricted)
    if post.is_listed != audience.is_for_all:
        _relist(post, is_listed=audience.is_for_all)


def _relist(post: Post, *, is_listed: bool) -> None:
    same = Post.objects.filter(pk=post.pk, version=post.version, is_listed=post.is_listed)
    if same.update(is_listed=is_listed) != 1:
        raise LostRace
    index_soon(post.pk)
    retag(post.pk, before=tags_listed(post), after=tags_listed(_with(post, {"is_listed": is_listed})))
    bump(f"post:{post.pk}", f"category:{post.category}")


def _own_post(actor: Viewer, post_id: uuid.UUID) -> tuple[Post, Audience]:
    post, audience, _ = audience_of(actor, post_id)
    if post.author_id != actor.id:
        raise NotTheAuthor
    return post, audience
