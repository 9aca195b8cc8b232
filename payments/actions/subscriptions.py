"""Subscribing and cancelling: asking the provider, and finding out what became of it.

Nothing here stands in a transaction: each step asks the provider or writes, never both. A step that a
crash left out is done by the next run of `refresh_subscription`.
"""

import contextlib
import datetime as dt
import uuid

from django.conf import settings

from accounts.actions.relations import take_turns
from accounts.selectors.relations import visible_person
from grover.core.db import atomic
from grover.core.moments import present
from grover.core.providers import ProviderRefused, ProviderUnavailable
from grover.core.races import settled
from grover.core.viewers import Viewer
from payments.actions.intents import LASTS
from payments.actions.subscription_outcomes import record_subscription
from payments.actions.subscription_periods import take_subscription
from payments.actions.subscription_states import advance_subscription, stop_subscription
from payments.cards.money import Money
from payments.cards.subscriptions import SubscriptionCard
from payments.enums import LIVE, SubscriptionState
from payments.errors.subscriptions import AlreadySubscribed
from payments.models import Subscription, Tier
from payments.policies.payments import check_pays_another
from payments.policies.subscriptions import SOON, check_is_open
from payments.providers.base import NewPlan, NewSubscription, SeenSubscription, UnknownToProvider
from payments.providers.registry import provider
from payments.selectors.subscriptions import get_subscription, subscription_of
from payments.selectors.tiers import get_tier


def subscribe(actor: Viewer, *, subscription_id: uuid.UUID, tier_id: uuid.UUID) -> SubscriptionCard:
    """Begin to subscribe to a tier: it begins once the buyer has approved it and a month was paid for.

    Begun again under the same id it is the same subscription. While the provider does not answer there is
    no `approve_url` yet. NotFound across a block, TierClosed, PayingOneself or AlreadySubscribed.
    """
    _intend(actor, subscription_id, tier_id, present())
    with contextlib.suppress(ProviderUnavailable):
        _open(Subscription.objects.select_related("tier").get(pk=subscription_id), present())
    return get_subscription(actor, subscription_id)


def cancel_subscription(actor: Viewer, *, subscription_id: uuid.UUID) -> SubscriptionCard:
    """Renew a subscription no more: what was paid for goes on. Cancelling again changes nothing."""
    subscription_of(actor, subscription_id)
    _stop(subscription_id, present())
    return get_subscription(actor, subscription_id)


def refresh_subscription(subscription_id: uuid.UUID, *, now: dt.datetime) -> None:
    """Bring a subscription to where it is at the provider: opened, charged, renewed, or ended.

    ProviderUnavailable when the provider does not answer.
    """
    subscription = Subscription.objects.select_related("tier").get(pk=subscription_id)
    known = subscription.provider_subscription_id or _open(subscription, now)
    if known is None:
        _leave(subscription_id)
        return
    if subscription.must_stop:
        with contextlib.suppress(ProviderRefused):  # it is not begun, or over: what is read next says so
            provider().cancel_subscription(known, reason="No longer wanted")
    try:
        seen = provider().get_subscription(known)
    except UnknownToProvider:
        if now < subscription.expires_at:
            raise
        _end(subscription_id, SubscriptionState.EXPIRED, now)
        return
    record_subscription(subscription_id, seen, now=now)


@settled
@atomic
def _intend(actor: Viewer, subscription_id: uuid.UUID, tier_id: uuid.UUID, now: dt.datetime) -> None:
    tier = get_tier(tier_id)
    take_turns(actor.id, tier.creator_id)  # from here on neither blocks the other, nor begins another one
    if Subscription.objects.filter(pk=subscription_id).exists():
        return
    check_pays_another(actor.id, tier.creator_id)
    visible_person(actor, tier.creator_id)
    check_is_open(tier)
    live_key = f"{actor.id}:{tier.pk}"
    if Subscription.objects.filter(live_key=live_key).exists():
        raise AlreadySubscribed
    subscription = Subscription(
        id=subscription_id,
        created_at=now,
        subscriber_id=actor.id,
        creator_id=tier.creator_id,
        tier=tier,
        live_key=live_key,
        amount=tier.price,
        currency=tier.currency,
        provider=settings.PAYMENT_PROVIDER,
        expires_at=now + LASTS,
        check_at=now + SOON,
    )
    subscription.save(force_insert=True)


def _open(subscription: Subscription, now: dt.datetime) -> str | None:
    """Ask for a subscription and keep its id; None when there is none and will be none."""
    if subscription.provider_subscription_id is not None or subscription.state not in LIVE:
        return subscription.provider_subscription_id
    if now >= subscription.expires_at:
        _end(subscription.pk, SubscriptionState.EXPIRED, now)
        return None
    try:
        wanted = NewSubscription(
            reference=str(subscription.pk),
            plan_id=_plan_of(subscription.tier),
            return_url=settings.PAYMENT_RETURN_URL,
            cancel_url=settings.PAYMENT_RETURN_URL,
        )
        seen = provider().create_subscription(wanted, request_id=str(subscription.pk))
    except ProviderRefused:
        _end(subscription.pk, SubscriptionState.FAILED, now)
        return None
    _keep(subscription.pk, seen, now)
    return seen.id


def _plan_of(tier: Tier) -> str:
    """Give what the provider calls a tier; it is told of it when somebody first subscribes."""
    if tier.plan_id is not None:
        return tier.plan_id
    plan = NewPlan(reference=str(tier.pk), name=tier.name, price=Money(tier.price, tier.currency))
    plan_id = provider().create_plan(plan, request_id=str(tier.pk))
    _keep_plan(tier.pk, plan_id)
    return plan_id


@atomic
def _keep_plan(tier_id: uuid.UUID, plan_id: str) -> None:
    Tier.objects.filter(pk=tier_id, plan_id=None).update(plan_id=plan_id)


@atomic
def _keep(subscription_id: uuid.UUID, seen: SeenSubscription, now: dt.datetime) -> None:
    """Keep what the provider calls a subscription, which may have been cancelled meanwhile."""
    subscription = take_subscription(subscription_id)
    if subscription.provider_subscription_id is None:
        Subscription.objects.filter(pk=subscription_id).update(
            provider_subscription_id=seen.id,
            approve_url=seen.approve_url,
            must_stop=subscription.state not in LIVE,
            check_at=now + SOON,
        )


@settled
@atomic
def _end(subscription_id: uuid.UUID, state: SubscriptionState, now: dt.datetime) -> None:
    """End a subscription that the provider has not, or has no more."""
    advance_subscription(take_subscription(subscription_id), state, now)
    Subscription.objects.filter(pk=subscription_id).update(must_stop=False, check_at=None)


@atomic
def _leave(subscription_id: uuid.UUID) -> None:
    """Ask no more about a subscription that never was at the provider."""
    over = Subscription.objects.filter(pk=subscription_id, provider_subscription_id=None)
    over.exclude(state__in=sorted(LIVE)).update(must_stop=False, check_at=None)


@settled
@atomic
def _stop(subscription_id: uuid.UUID, now: dt.datetime) -> None:
    stop_subscription(subscription_id, now)
