"""Tiers and subscriptions as creators and subscribers see them."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal

from accounts.cards.people import UserSummary
from payments.cards.money import Money

SubscriptionStateName = Literal["created", "active", "past_due", "cancelled", "expired", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TierCard:
    """A tier; `price` is for a month, and only its creator is shown a `subscriber_count`."""

    id: uuid.UUID
    creator: UserSummary | None
    name: str
    description: str
    price: Money
    benefits: list[str]
    is_open: bool
    subscriber_count: int | None
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionCard:
    """A subscription as its subscriber sees it; `approve_url` is where they approve it, while it waits.

    It is paid for until `current_period_end`, and renewed then unless it was stopped before.
    """

    id: uuid.UUID
    tier: TierCard
    state: SubscriptionStateName
    is_frozen: bool
    price: Money
    approve_url: str | None
    created_at: dt.datetime
    expires_at: dt.datetime
    started_at: dt.datetime | None
    current_period_end: dt.datetime | None
    stopped_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberCard:
    """Somebody who subscribes, as the creator sees it; the id is that of the subscription."""

    id: uuid.UUID
    user: UserSummary
    tier_id: uuid.UUID
    tier_name: str
    price: Money
    state: SubscriptionStateName
    since: dt.datetime
    current_period_end: dt.datetime
