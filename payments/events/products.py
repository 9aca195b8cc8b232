"""What creators sell."""

import uuid
from dataclasses import dataclass

from grover.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductSaved(Event):
    """Somebody wrote or changed a product."""

    product_id: uuid.UUID
    seller_id: uuid.UUID
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDeleted(Event):
    """Somebody deleted a product that nobody ever ordered."""

    product_id: uuid.UUID
    seller_id: uuid.UUID
