"""Discounts as their sellers see them, and what an order costs with one."""

import datetime as dt
import uuid
from dataclasses import dataclass

from payments.cards.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountCard:
    """A discount: either `percent` or `amount` is taken off; null limits nothing.

    It is for all products when none is named.
    """

    id: uuid.UUID
    code: str
    percent: int | None
    amount: Money | None
    minimum: Money
    product_ids: list[uuid.UUID]
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    max_uses: int | None
    max_uses_per_buyer: int | None
    uses: int
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteCard:
    """What an order would cost with a discount."""

    discount_code: str
    subtotal: Money
    discount: Money
    total: Money
