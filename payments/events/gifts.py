"""Gifts that were given."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from grover.core.events import Event
from payments.cards.gifts import GiftCard


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftSent(Event):
    """Somebody gave a creator a gift."""

    audience: ClassVar[str] = "who gives and who is given"
    unlogged: ClassVar[frozenset[str]] = frozenset({"gift"})

    gift_id: uuid.UUID
    gift: GiftCard
