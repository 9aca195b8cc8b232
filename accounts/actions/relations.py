"""What all changes of relations share: how those that race take turns, and how they are counted."""

import uuid
from collections.abc import Collection

from django.db.models import F

from accounts.models import Relation, User
from grover.core.caching import bump
from grover.core.errors import NotFound

BATCH = 500


def take_turns(*user_ids: uuid.UUID) -> None:
    """Make other changes of these people's relations wait, or start again, until this one commits.

    Call it first in the transaction, so that all that is read afterwards stays true. Growing a number
    in the row of each, always in the same order, is a lock on every database. NotFound when one is
    unknown.
    """
    for user_id in sorted(set(user_ids)):
        grown = User.objects.filter(pk=user_id).update(relations_version=F("relations_version") + 1)
        if not grown:
            raise NotFound


def count_follows(follower_ids: Collection[uuid.UUID], user_id: uuid.UUID, *, by: int) -> None:
    """Change the counts for follows of one person that were just added (1) or removed (-1)."""
    ids = sorted(follower_ids)
    for start in range(0, len(ids), BATCH):
        rows = User.objects.filter(pk__in=ids[start : start + BATCH])
        rows.update(following_count=F("following_count") + by)
    User.objects.filter(pk=user_id).update(follower_count=F("follower_count") + by * len(ids))


def add_relation(source_id: uuid.UUID, target_id: uuid.UUID, kind: str) -> Relation:
    """Insert a relation that is known not to exist."""
    return Relation.objects.create(source_id=source_id, target_id=target_id, kind=kind)


def remove_relations(source_id: uuid.UUID, target_id: uuid.UUID, *kinds: str) -> set[str]:
    """Delete relations from one person to another; give the kinds of those that existed."""
    rows = Relation.objects.filter(source_id=source_id, target_id=target_id, kind__in=kinds)
    found = dict(rows.values_list("pk", "kind"))
    Relation.objects.filter(pk__in=list(found)).delete()
    return set(found.values())


def bump_relations(*user_ids: uuid.UUID) -> None:
    """Say that the relations of these people have changed, and with them their counts of follows.

    What they publish has not: the feeds of a person's followers outlive each new follower.
    """
    bump(*(f"relations:{user_id}" for user_id in user_ids))
