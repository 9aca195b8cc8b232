"""Payments as the two people of them see them."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal

from accounts.cards.people import UserSummary
from payments.cards.money import Money

PurposeName = Literal["tip", "post", "order", "coins", "subscription"]
StateName = Literal[
    "created",
    "approved",
    "captured",
    "partially_refunded",
    "refunded",
    "failed",
    "expired",
    "disputed",
    "won",
    "lost",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCard:
    """A payment; `approve_url` is where its buyer approves it, while it waits for that."""

    id: uuid.UUID
    purpose: PurposeName
    thing_id: uuid.UUID | None
    state: StateName
    is_frozen: bool
    payer: UserSummary | None
    payee: UserSummary | None
    amount: Money
    refunded: Money
    note: str
    approve_url: str | None
    created_at: dt.datetime
    expires_at: dt.datetime
    captured_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundCard:
    """Money on its way back to a buyer, or there."""

    id: uuid.UUID
    payment_id: uuid.UUID
    amount: Money
    reason: str
    state: Literal["requested", "completed", "failed"]
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TipperCard:
    """Somebody who tipped a creator, and how much in all."""

    user: UserSummary
    total: Money
    tip_count: int
