"""Identifiers: UUIDv7, made here and nowhere else.

Their order is the order of creation to the millisecond, so an id is also the cursor of every list
that is newest first, and no table needs an index on its creation time.
"""

import datetime as dt
import uuid

import uuid_utils.compat
from django.db import models
from django.utils import timezone

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_MILLISECOND = dt.timedelta(milliseconds=1)


def new_id() -> uuid.UUID:
    """Make an identifier that sorts after every earlier one of this process."""
    return uuid_utils.compat.uuid7()


def new_id_at(moment: dt.datetime) -> uuid.UUID:
    """Make an identifier that claims to be of a moment, for imports and demo data."""
    return uuid_utils.compat.uuid7(nanoseconds=(moment - _EPOCH) // _MICROSECOND * 1000)


def smallest_id_at(moment: dt.datetime) -> uuid.UUID:
    """Give the lower bound of all identifiers made at or after a moment."""
    milliseconds = (moment - _EPOCH) // _MILLISECOND
    return uuid.UUID(int=(milliseconds << 80) | (0x7 << 76) | (0x2 << 62))


def created_at(identifier: uuid.UUID) -> dt.datetime:
    """Read the moment of creation out of an identifier, in UTC, to the millisecond."""
    return _EPOCH + (identifier.int >> 80) * _MILLISECOND


def parse_id(text: str) -> uuid.UUID | None:
    """Read an identifier as clients write it: 36 characters, else None."""
    try:
        identifier = uuid.UUID(text)
    except ValueError:
        return None
    return identifier if str(identifier) == text.lower() else None


class Identified(models.Model):
    """A row with a UUIDv7 primary key and the moment of its creation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True
