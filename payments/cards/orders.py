"""Orders as the two people of them see them."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal

from accounts.cards.people import UserSummary
from payments.cards.money import Money
from payments.cards.products import ProductKindName

OrderStateName = Literal["pending", "paid", "shipped", "delivered", "completed", "cancelled", "refunded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressCard:
    """Where something is sent; `country` is a code of ISO 3166."""

    name: str
    street: str
    postcode: str
    city: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLineCard:
    """So many of one product, as it was when it was ordered."""

    product_id: uuid.UUID
    title: str
    kind: ProductKindName
    price: Money
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCard:
    """An order; `address` is null where nothing is sent, `payment_id` where nothing is to be paid.

    `approve_url` is where the buyer approves the payment, while it waits for that.
    """

    id: uuid.UUID
    state: OrderStateName
    buyer: UserSummary | None
    seller: UserSummary | None
    lines: list[OrderLineCard]
    subtotal: Money
    discount: Money
    discount_code: str
    total: Money
    address: AddressCard | None
    note: str
    carrier: str
    tracking_number: str
    payment_id: uuid.UUID | None
    approve_url: str | None
    created_at: dt.datetime
    paid_at: dt.datetime | None
    shipped_at: dt.datetime | None
    delivered_at: dt.datetime | None
    completed_at: dt.datetime | None
    cancelled_at: dt.datetime | None
    refunded_at: dt.datetime | None
