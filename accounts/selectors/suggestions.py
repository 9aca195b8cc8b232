"""Whom somebody may want to follow, and who was followed lately."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterator

from accounts.enums import RelationKind
from accounts.models import Relation, User
from grover.core.ids import smallest_id_at

MOST_FRIENDS = 100
MOST_FOLLOWS = 20_000


def new_followers(*, since: dt.datetime) -> Iterator[tuple[uuid.UUID, dt.datetime]]:
    """List who was followed, and when, since a moment."""
    rows = Relation.objects.filter(pk__gte=smallest_id_at(since), kind=RelationKind.FOLLOW)
    yield from rows.values_list("target_id", "created_at").iterator()


def friends_of_friends(user_id: uuid.UUID) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Find whom the people follow whom somebody followed last, and who of them does; in two queries.

    Those to whom the person is anything already are left out, and so are they themselves.
    """
    own = Relation.objects.filter(source_id=user_id).order_by("-id")
    known = list(own.values_list("target_id", "kind"))
    friends = [target_id for target_id, kind in known if kind == RelationKind.FOLLOW][:MOST_FRIENDS]
    left_out = {user_id, *(target_id for target_id, _ in known)}
    follows = Relation.objects.filter(source_id__in=friends, kind=RelationKind.FOLLOW).order_by("-id")
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for friend_id, target_id in follows.values_list("source_id", "target_id")[:MOST_FOLLOWS]:
        if target_id not in left_out:
            found[target_id].add(friend_id)
    return dict(found)


def known_to(user_id: uuid.UUID) -> set[uuid.UUID]:
    """List to whom somebody is anything: whom they follow, asked, block or mute; in one query."""
    return set(Relation.objects.filter(source_id=user_id).values_list("target_id", flat=True))


def following_counts(ids: set[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Read how many people each of these follows."""
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "following_count"))
