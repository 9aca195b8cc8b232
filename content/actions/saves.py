"""Keeping posts for later."""

import uuid

from content.actions.counts import count_on_post
from content.cards import PostCard
from content.events import PostSaved, PostUnsaved
from content.models import SavedPost
from content.selectors.posts import get_post, visible_post
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.races import LostRace, settled, turn
from grover.core.viewers import Viewer


def save_post(actor: Viewer, *, post_id: uuid.UUID) -> PostCard:
    """Save a post; saving it again changes nothing."""
    _save(actor, post_id)
    return get_post(actor, post_id)


def unsave_post(actor: Viewer, *, post_id: uuid.UUID) -> PostCard:
    """Save a post no longer, if it was saved."""
    _unsave(actor, post_id)
    return get_post(actor, post_id)


@settled
def _save(actor: Viewer, post_id: uuid.UUID) -> None:
    visible_post(actor, post_id)
    if not _is_saved(actor, post_id):
        with turn(post_id):
            _write(actor, post_id)


@settled
def _unsave(actor: Viewer, post_id: uuid.UUID) -> None:
    visible_post(actor, post_id)
    if _is_saved(actor, post_id):
        with turn(post_id):
            _remove(actor, post_id)


def _is_saved(actor: Viewer, post_id: uuid.UUID) -> bool:
    return SavedPost.objects.filter(user_id=actor.id, post_id=post_id).exists()


@atomic
def _write(actor: Viewer, post_id: uuid.UUID) -> None:
    count_on_post(post_id, save_count=1)
    SavedPost.objects.create(user_id=actor.id, post_id=post_id)
    emit(PostSaved(post_id=post_id, user_id=actor.id))
    bump(f"post:{post_id}", f"marks:{actor.id}")


@atomic
def _remove(actor: Viewer, post_id: uuid.UUID) -> None:
    count_on_post(post_id, save_count=-1)
    if SavedPost.objects.filter(user_id=actor.id, post_id=post_id).delete()[0] != 1:
        raise LostRace
    emit(PostUnsaved(post_id=post_id, user_id=actor.id))
    bump(f"post:{post_id}", f"marks:{actor.id}")
