"""Tiers, and subscriptions that were approved and charged by the sandbox."""

import datetime as dt
import uuid
from typing import Any

from accounts.models import User
from grover.core.ids import new_id
from grover.core.moments import present
from grover.core.viewers import on_behalf_of
from payments.actions.subscriptions import refresh_subscription, subscribe
from payments.actions.tiers import open_tier
from payments.cards.money import Money
from payments.models import Subscription, Tier
from payments.providers.sandbox.subscriptions import charge_now, decide_subscription, fail_next_charge


def make_tier(creator: User, value: int = 500, **fields: Any) -> Tier:
    """Offer a tier for a price a month."""
    texts = {"name": "Friends", "description": "", "benefits": ["Sketches"], **fields}
    card = open_tier(on_behalf_of(creator.pk), price=Money(value, "USD"), **texts)
    return Tier.objects.get(pk=card.id)


def begin_subscription(subscriber: User, tier: Tier) -> Subscription:
    """Begin to subscribe; the buyer has not approved it yet."""
    subscription_id = new_id()
    subscribe(on_behalf_of(subscriber.pk), subscription_id=subscription_id, tier_id=tier.pk)
    return Subscription.objects.get(pk=subscription_id)


def make_subscription(subscriber: User, tier: Tier) -> Subscription:
    """Subscribe, and pay for the first month, now."""
    subscription = begin_subscription(subscriber, tier)
    approve_subscription(subscription.pk)
    return refreshed(subscription.pk)


def approve_subscription(subscription_id: uuid.UUID, *, approves: bool = True) -> None:
    """Approve or decline a subscription as its buyer, at the sandbox, which charges the first month."""
    decide_subscription(at_sandbox(subscription_id), approves=approves)


def charge(subscription_id: uuid.UUID, *, succeeds: bool = True) -> None:
    """Have the sandbox charge for the next month, now; it is not written down here yet."""
    if not succeeds:
        fail_next_charge(at_sandbox(subscription_id))
    charge_now(at_sandbox(subscription_id))


def renew(subscription_id: uuid.UUID, *, succeeds: bool = True) -> Subscription:
    """Have the sandbox charge for the next month, now, and write that down."""
    charge(subscription_id, succeeds=succeeds)
    return refreshed(subscription_id)


def refreshed(subscription_id: uuid.UUID, now: dt.datetime | None = None) -> Subscription:
    """Bring a subscription to where it is at the sandbox."""
    refresh_subscription(subscription_id, now=now or present())
    return Subscription.objects.get(pk=subscription_id)


def at_sandbox(subscription_id: uuid.UUID) -> str:
    """Give what the sandbox calls a subscription."""
    key = Subscription.objects.values_list("provider_subscription_id", flat=True).get(pk=subscription_id)
    assert key is not None
    return key
