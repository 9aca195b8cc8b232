"""Gifts: which there are, and which were given."""

import datetime as dt
import uuid
from dataclasses import dataclass

from accounts.cards.people import UserSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftKindCard:
    """A gift that can be given, and what one of it costs."""

    id: str
    name: str
    coins: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftCard:
    """Gifts of one kind that were given at once; `coins` is what all of them cost.

    `sender` and `receiver` are null when they are gone; `thing_id` is what they were given for, such as a
    live stream.
    """

    id: uuid.UUID
    gift: GiftKindCard
    quantity: int
    coins: int
    sender: UserSummary | None
    receiver: UserSummary | None
    note: str
    thing_id: uuid.UUID | None
    created_at: dt.datetime
