"""Pinning posts atop one's profile, three at most."""

import uuid

from django.utils import timezone

from content.cards import PostCard
from content.errors import NotYourPost, TooManyPins
from content.events import PostPinned, PostUnpinned
from content.models import PinnedPost, Post
from content.selectors.posts import get_post, visible_post
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.races import LostRace, settled
from grover.core.viewers import Viewer

PLACES = (1, 2, 3)


def pin_post(actor: Viewer, *, post_id: uuid.UUID) -> PostCard:
    """Pin one's own post; TooManyPins when all places are taken."""
    _pin(actor, post_id)
    return get_post(actor, post_id)


def unpin_post(actor: Viewer, *, post_id: uuid.UUID) -> PostCard:
    """Unpin one's own post, if it is pinned."""
    _unpin(actor, post_id)
    return get_post(actor, post_id)


@settled
def _pin(actor: Viewer, post_id: uuid.UUID) -> None:
    _check_own(actor, post_id)
    taken = dict(PinnedPost.objects.filter(user_id=actor.id).values_list("post_id", "place"))
    if post_id in taken:
        return
    free = [place for place in PLACES if place not in taken.values()]
    if not free:
        raise TooManyPins
    _take(actor, post_id, free[0])


@atomic
def _take(actor: Viewer, post_id: uuid.UUID, place: int) -> None:
    if Post.objects.filter(pk=post_id).update(pinned_at=timezone.now()) != 1:
        raise LostRace
    PinnedPost.objects.create(user_id=actor.id, post_id=post_id, place=place)
    emit(PostPinned(post_id=post_id, author_id=actor.id))
    bump(f"post:{post_id}", f"user:{actor.id}")


@settled
def _unpin(actor: Viewer, post_id: uuid.UUID) -> None:
    _check_own(actor, post_id)
    if PinnedPost.objects.filter(post_id=post_id).exists():
        _free(actor, post_id)


@atomic
def _free(actor: Viewer, post_id: uuid.UUID) -> None:
    if Post.objects.filter(pk=post_id).update(pinned_at=None) != 1:
        raise LostRace
    if PinnedPost.objects.filter(post_id=post_id).delete()[0] != 1:
        raise LostRace
    emit(PostUnpinned(post_id=post_id, author_id=actor.id))
    bump(f"post:{post_id}", f"user:{actor.id}")


def _check_own(actor: Viewer, post_id: uuid.UUID) -> None:
    if visible_post(actor, post_id).author_id != actor.id:
        raise NotYourPost
