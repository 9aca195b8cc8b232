"""What buyers say of products."""

import uuid
from dataclasses import dataclass

from grover.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductReviewed(Event):
    """Somebody reviewed a product they bought, or changed what they said."""

    product_id: uuid.UUID
    author_id: uuid.UUID
    rating: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDeleted(Event):
    """Somebody took their review of a product back."""

    product_id: uuid.UUID
    author_id: uuid.UUID
