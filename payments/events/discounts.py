"""The codes with which products cost less."""

import uuid
from dataclasses import dataclass

from grover.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountSaved(Event):
    """Somebody made or changed a discount."""

    discount_id: uuid.UUID
    seller_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountDeleted(Event):
    """Somebody deleted a discount."""

    discount_id: uuid.UUID
    seller_id: uuid.UUID
