"""People by id or name, for the apps above."""

import datetime as dt
import re
import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import QuerySet

from accounts.cards.people import Person, UserSummary
from accounts.enums import AccountStatus
from accounts.models import User
from grover.core import caching
from grover.core.errors import NotFound
from grover.core.ids import parse_id
from grover.media.cards import public_url

AVATAR_WIDTH = 200
NAME = re.compile(r"[a-z0-9_.]{1,30}")

_FIELDS = ("id", "username", "display_name", "avatar_id", "is_verified", "is_private")
OF_AGE = 18


def people_by_id(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Person]:
    """Read people in one query; those who are suspended, gone or unknown are left out."""
    if not ids:
        return {}
    rows = User.objects.filter(id__in=set(ids), status=AccountStatus.ACTIVE).values_list(*_FIELDS)
    return {row[0]: _person(row) for row in rows}


def first_people(rows: QuerySet[User], limit: int) -> list[Person]:
    """Read the first of these people who are active, in their order, in one query."""
    active = rows.filter(status=AccountStatus.ACTIVE)
    return [_person(row) for row in active.values_list(*_FIELDS)[:limit]]


def users_by_id(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, UserSummary]:
    """Read the summaries of active people in one query."""
    return {key: person.summary for key, person in people_by_id(ids).items()}


def get_person(user_id: uuid.UUID) -> Person:
    """Read an active person in one query; NotFound when they are not."""
    try:
        return people_by_id([user_id])[user_id]
    except KeyError:
        raise NotFound from None


def is_adult(user_id: uuid.UUID, today: dt.date) -> bool:
    """Tell whether somebody is of age by the birth date they gave, in one query."""
    born = User.objects.filter(pk=user_id).values_list("birth_date", flat=True).first()
    if born is None:
        return False
    return (today.year - OF_AGE, today.month, today.day) >= (born.year, born.month, born.day)


def user_id_of(reference: str) -> uuid.UUID:
    """Find whom a path names, by id or `@username`; NotFound when it is malformed or nobody's name.

    An id is taken as it is, without asking whether anybody has it.
    """
    if reference.startswith("@"):
        name = reference[1:].lower()
        return caching.remember(f"username:{name}", lambda: _read_user_id(name))
    user_id = parse_id(reference)
    if user_id is None:
        raise NotFound
    return user_id


def _read_user_id(name: str) -> tuple[uuid.UUID, Iterable[str], int]:
    if not NAME.fullmatch(name):
        raise NotFound
    user_id = User.objects.filter(username=name).values_list("pk", flat=True).first()
    if user_id is None:
        raise NotFound
    return user_id, [f"user:{user_id}"], 200


def _person(row: tuple[Any, ...]) -> Person:
    user_id, username, display_name, avatar_id, is_verified, is_private = row
    summary = UserSummary(
        id=user_id,
        username=username,
        display_name=display_name,
        avatar_url=None if avatar_id is None else public_url(avatar_id, AVATAR_WIDTH),
        is_verified=is_verified,
    )
    return Person(summary=summary, is_private=is_private)
