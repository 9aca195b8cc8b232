"""Products as people see them who may buy them, and as their sellers do."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal

from accounts.cards.people import UserSummary
from grover.media.cards import MediaCard
from payments.cards.money import Money

ProductKindName = Literal["physical", "digital", "service"]
ProductStateName = Literal["draft", "published", "archived"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductCard:
    """A product; `stock` is null where there is no end of it.

    `rating_average` is in hundredths, as 437 of 4.37 stars, and null without reviews. `file_media_id` is
    told to who sells it and to nobody else.
    """

    id: uuid.UUID
    seller: UserSummary
    kind: ProductKindName
    state: ProductStateName
    title: str
    description: str
    price: Money
    stock: int | None
    media: list[MediaCard]
    file_media_id: uuid.UUID | None
    rating_average: int | None
    review_count: int
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFileCard:
    """The file of a digital product, at an address that is good for one person and until it expires."""

    url: str
    content_type: str
    size: int
    expires_at: dt.datetime
