"""Reviews as everybody sees them."""

import datetime as dt
import uuid
from dataclasses import dataclass

from accounts.cards.people import UserSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCard:
    """What a buyer says of a product, with 1 to 5 stars."""

    id: uuid.UUID
    product_id: uuid.UUID
    author: UserSummary
    rating: int
    text: str
    created_at: dt.datetime
    edited_at: dt.datetime | None
