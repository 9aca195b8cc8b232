"""Putting posts together in collections, and following those of others."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import F

from content.cards import CollectionCard
from content.errors import CollectionFull, NotYourCollection, TooManyCollections
from content.events import (
    CollectionCreated,
    CollectionDeleted,
    CollectionEdited,
    CollectionFollowed,
    CollectionUnfollowed,
    PostCollected,
    PostUncollected,
)
from content.models import Collection, CollectionFollow, CollectionItem
from content.selectors.collections import collection_card, visible_collection
from content.selectors.posts import visible_post
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.races import LostRace, settled, turn
from grover.core.viewers import Viewer

MOST_COLLECTIONS = 200
MOST_POSTS = 1_000


@atomic
def create_collection(
    actor: Viewer, *, title: str, description: str = "", is_public: bool = False
) -> CollectionCard:
    """Begin a collection; nobody else sees it unless it is public."""
    if Collection.objects.filter(owner_id=actor.id).count() >= MOST_COLLECTIONS:
        raise TooManyCollections
    row = Collection.objects.create(
        owner_id=actor.id, title=title, description=description, is_public=is_public
    )
    emit(CollectionCreated(collection_id=row.pk, owner_id=actor.id))
    return collection_card(actor, row)


def edit_collection(
    actor: Viewer,
    *,
    collection_id: uuid.UUID,
    changes: Mapping[str, Any],
    precondition: Callable[[CollectionCard], None] | None = None,
) -> CollectionCard:
    """Change a collection of one's own; `precondition` may refuse on it as it stands."""
    return collection_card(actor, _edit(actor, collection_id, changes, precondition))


@settled
def _edit(
    actor: Viewer,
    collection_id: uuid.UUID,
    changes: Mapping[str, Any],
    precondition: Callable[[CollectionCard], None] | None,
) -> Collection:
    row = _own(actor, collection_id)
    if precondition is not None:
        precondition(collection_card(actor, row))
    if any(getattr(row, name) != value for name, value in changes.items()):
        _write(row, changes)
    return _own(actor, collection_id)


@atomic
def _write(row: Collection, changes: Mapping[str, Any]) -> None:
    same = Collection.objects.filter(pk=row.pk, version=row.version)
    if same.update(**changes, version=row.version + 1) != 1:
        raise LostRace
    emit(CollectionEdited(collection_id=row.pk, owner_id=row.owner_id))


@settled
def delete_collection(actor: Viewer, *, collection_id: uuid.UUID) -> None:
    """Delete a collection of one's own; the posts in it stay where they are."""
    remove_collection(_own(actor, collection_id))


@atomic
def remove_collection(row: Collection) -> None:
    """Remove a collection with its items and followers; LostRace when it is gone already."""
    if Collection.objects.filter(pk=row.pk).delete()[0] != 1:
        raise LostRace
    CollectionItem.objects.filter(collection_id=row.pk).delete()
    CollectionFollow.objects.filter(collection_id=row.pk).delete()
    emit(CollectionDeleted(collection_id=row.pk, owner_id=row.owner_id))


def collect(actor: Viewer, *, collection_id: uuid.UUID, post_id: uuid.UUID) -> CollectionCard:
    """Put a post that one sees into a collection of one's own; again changes nothing."""
    return collection_card(actor, _collect(actor, collection_id, post_id))


@settled
def _collect(actor: Viewer, collection_id: uuid.UUID, post_id: uuid.UUID) -> Collection:
    row = _own(actor, collection_id)
    visible_post(actor, post_id)
    items = CollectionItem.objects.filter(collection_id=collection_id)
    if not items.filter(post_id=post_id).exists():
        if items.count() >= MOST_POSTS:
            raise CollectionFull
        _add(actor, row, post_id)
    return row


@atomic
def _add(actor: Viewer, row: Collection, post_id: uuid.UUID) -> None:
    _hold(row.pk)
    CollectionItem.objects.create(collection_id=row.pk, post_id=post_id)
    emit(PostCollected(collection_id=row.pk, post_id=post_id, user_id=actor.id))


def uncollect(actor: Viewer, *, collection_id: uuid.UUID, post_id: uuid.UUID) -> CollectionCard:
    """Take a post out of a collection of one's own, if it is there."""
    return collection_card(actor, _uncollect(actor, collection_id, post_id))


@atomic
def _uncollect(actor: Viewer, collection_id: uuid.UUID, post_id: uuid.UUID) -> Collection:
    row = _own(actor, collection_id)
    if CollectionItem.objects.filter(collection_id=collection_id, post_id=post_id).delete()[0]:
        emit(PostUncollected(collection_id=collection_id, post_id=post_id, user_id=actor.id))
    return row


def follow_collection(actor: Viewer, *, collection_id: uuid.UUID) -> CollectionCard:
    """Follow a collection that one sees; again changes nothing."""
    _set_following(actor, collection_id, True)
    return collection_card(actor, visible_collection(actor, collection_id))


def unfollow_collection(actor: Viewer, *, collection_id: uuid.UUID) -> CollectionCard:
    """Follow a collection no longer, if one did."""
    _set_following(actor, collection_id, False)
    return collection_card(actor, visible_collection(actor, collection_id))


@settled
def _set_following(actor: Viewer, collection_id: uuid.UUID, follows: bool) -> None:
    visible_collection(actor, collection_id)
    if CollectionFollow.objects.filter(user_id=actor.id, collection_id=collection_id).exists() != follows:
        with turn(collection_id):
            _write_follow(actor, collection_id) if follows else _remove_follow(actor, collection_id)


@atomic
def _write_follow(actor: Viewer, collection_id: uuid.UUID) -> None:
    _hold(collection_id, follower_count=1)
    CollectionFollow.objects.create(user_id=actor.id, collection_id=collection_id)
    emit(CollectionFollowed(collection_id=collection_id, user_id=actor.id))


@atomic
def _remove_follow(actor: Viewer, collection_id: uuid.UUID) -> None:
    remove_follow_of_collection(actor.id, collection_id)
    emit(CollectionUnfollowed(collection_id=collection_id, user_id=actor.id))


@atomic
def remove_follow_of_collection(user_id: uuid.UUID, collection_id: uuid.UUID) -> None:
    """Remove that somebody follows a collection; LostRace when they do not."""
    _hold(collection_id, follower_count=-1)
    if CollectionFollow.objects.filter(user_id=user_id, collection_id=collection_id).delete()[0] != 1:
        raise LostRace


def _hold(collection_id: uuid.UUID, follower_count: int = 0) -> None:
    """Change how many follow a collection, or nothing, so that nobody deletes it meanwhile."""
    this = Collection.objects.filter(pk=collection_id)
    if this.update(follower_count=F("follower_count") + follower_count) != 1:
        raise LostRace


def _own(actor: Viewer, collection_id: uuid.UUID) -> Collection:
    row = visible_collection(actor, collection_id)
    if row.owner_id != actor.id:
        raise NotYourCollection
    return row
