"""What is counted of people, and how drift is found and mended."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, F

from accounts.actions.relations import take_turns
from accounts.enums import RelationKind
from accounts.models import Relation, User
from accounts.ports import count_posts
from grover.core.batches import batches_of_ids
from grover.core.caching import bump
from grover.core.db import atomic

_COUNTED = (("follower_count", "target_id"), ("following_count", "source_id"))
_FIELDS = (*(field for field, _ in _COUNTED), "post_count")


@dataclass(frozen=True, slots=True)
class Drift:
    """A count that was wrong."""

    user_id: uuid.UUID
    field: str
    was: int
    is_now: int


def change_post_count(user_id: uuid.UUID, *, by: int) -> None:
    """Count posts that were just added to or removed from a person's; joins the caller's transaction."""
    User.objects.filter(pk=user_id).update(post_count=F("post_count") + by)
    bump(f"user:{user_id}")


def recount_people(*, mend: bool = True) -> list[Drift]:
    """Compare everybody's counts with the rows, give what differs and, unless told not to, mend it."""
    return [
        drift
        for ids in batches_of_ids(User.objects.all())
        for user_id in _suspects(ids)
        for drift in _settle(user_id, mend)
    ]


def _suspects(ids: list[uuid.UUID]) -> list[uuid.UUID]:
    """Name those whose counts seem wrong, without holding anybody up; a change under way may add some."""
    said = _said(ids)
    counted = _counted(ids)
    return [user_id for user_id in ids if user_id in said and said[user_id] != counted[user_id]]


@atomic
def _settle(user_id: uuid.UUID, mend: bool) -> list[Drift]:
    """Count again while nobody changes what is counted, and set what is wrong."""
    take_turns(user_id)
    said, counted = _said([user_id])[user_id], _counted([user_id])[user_id]
    if said == counted:
        return []
    if mend:
        User.objects.filter(pk=user_id).update(**dict(zip(_FIELDS, counted, strict=True)))
        bump(f"user:{user_id}")
    return [
        Drift(user_id, field, was, is_now)
        for field, was, is_now in zip(_FIELDS, said, counted, strict=True)
        if was != is_now
    ]


def _said(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[int, ...]]:
    rows = User.objects.filter(pk__in=ids).values_list("pk", *_FIELDS)
    return {row[0]: tuple(row[1:]) for row in rows}


def _counted(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[int, ...]]:
    columns = []
    for _, end in _COUNTED:
        rows = Relation.objects.filter(kind=RelationKind.FOLLOW, **{f"{end}__in": ids})
        columns.append(dict(rows.values_list(end).annotate(number=Count("pk"))))
    columns.append({key: number for found in count_posts.call(ids) for key, number in found.items()})
    return {user_id: tuple(column.get(user_id, 0) for column in columns) for user_id in ids}
