"""Who may subscribe, what a subscription is good for, and how it stands by what a provider says."""

import datetime as dt

from payments.cards.money import Money
from payments.enums import LIVE, SubscriptionState
from payments.errors.subscriptions import TierClosed
from payments.models import Subscription, Tier
from payments.providers import base
from payments.providers.base import CaptureState, SeenSubscription

GRACE = dt.timedelta(days=3)
LATE = dt.timedelta(days=1)
"""How long after a month a provider may take to charge for the next one, before that counts as failed."""
SOON, LATER, DAILY = dt.timedelta(minutes=2), dt.timedelta(minutes=15), dt.timedelta(days=1)
"""How often a provider is asked: at first, while something waits, and while nothing does."""
LEFT_ALONE = dt.timedelta(days=7)
"""How long a provider is told of the end of what was never paid for, which nobody will approve by then."""

OVER_AT_PROVIDER = frozenset({base.SubscriptionState.CANCELLED, base.SubscriptionState.EXPIRED})


def check_is_open(tier: Tier) -> None:
    """Refuse to change a closed tier, or to subscribe to one."""
    if not tier.is_open:
        raise TierClosed


def entitled_until(subscription: Subscription) -> dt.datetime | None:
    """Tell until when a subscription lets its subscriber see the creator's posts; None for never.

    Grace is for a renewal that may yet come: not after cancelling, nor when the last month was given back.
    """
    renews = subscription.state in LIVE and subscription.paid_until == subscription.current_period_end
    if subscription.paid_until is not None and renews:
        return subscription.paid_until + GRACE
    return subscription.paid_until


def mismatch_of(subscription: Subscription, plan_id: str | None, seen: SeenSubscription) -> str:
    """Name what differs between a subscription and what the provider has; empty when nothing does."""
    if seen.reference != str(subscription.pk):
        return "another reference"
    if seen.plan_id != plan_id:
        return "another plan"
    price = Money(subscription.amount, subscription.currency)
    if any(charge.amount.currency != price.currency for charge in seen.charges):
        return "another currency"
    if any(charge.amount != price for charge in seen.charges):
        return "another amount"
    return ""


def state_after(subscription: Subscription, seen: SeenSubscription, now: dt.datetime) -> SubscriptionState:
    """Tell how a subscription stands whose charges are booked; an older snapshot moves nothing back."""
    state, end = SubscriptionState(subscription.state), subscription.current_period_end
    if end is None:
        return _before_first_charge(subscription, seen, now)
    if state not in LIVE or seen.state in OVER_AT_PROVIDER:
        return SubscriptionState.CANCELLED if now < end else SubscriptionState.EXPIRED
    if now < end:
        return SubscriptionState.ACTIVE
    if now >= end + GRACE:
        return SubscriptionState.EXPIRED
    is_late = state == SubscriptionState.PAST_DUE or _renewal_failed(seen, end, now)
    return SubscriptionState.PAST_DUE if is_late else SubscriptionState.ACTIVE


def must_stop_after(state: SubscriptionState, seen: SeenSubscription) -> bool:
    """Tell whether the provider would go on to charge for a subscription that is over here."""
    return state not in LIVE and seen.state not in OVER_AT_PROVIDER


def next_check(subscription: Subscription, now: dt.datetime) -> dt.datetime | None:
    """Tell when the provider is to be asked again; None for never.

    Every day and as a month ends; soon while something waits, and less often the longer it does.
    """
    end = subscription.current_period_end
    if subscription.must_stop:
        since = subscription.stopped_at or now
        return None if end is None and now >= since + LEFT_ALONE else _again(since, DAILY, now)
    if subscription.is_frozen or subscription.state in (SubscriptionState.EXPIRED, SubscriptionState.FAILED):
        return None
    if end is None:
        return _no_later(subscription.expires_at, _again(subscription.created_at, LATER, now), now)
    if end <= now:
        return _no_later(end + GRACE, _again(end, LATER, now), now)
    return min(end, now + DAILY)


def _again(since: dt.datetime, at_most: dt.timedelta, now: dt.datetime) -> dt.datetime:
    return now + max(SOON, min(at_most, (now - since) / 8))


def _no_later(turn: dt.datetime, check_at: dt.datetime, now: dt.datetime) -> dt.datetime:
    """Ask at the moment by which something is decided, if it lies before."""
    return min(turn, check_at) if turn > now else check_at


def _before_first_charge(
    subscription: Subscription, seen: SeenSubscription, now: dt.datetime
) -> SubscriptionState:
    state = SubscriptionState(subscription.state)
    if state not in LIVE:
        return state
    if seen.state in OVER_AT_PROVIDER or _is_declined(seen):
        return SubscriptionState.FAILED
    is_approved = seen.state != base.SubscriptionState.PENDING
    ends = subscription.expires_at + (LATE if is_approved else dt.timedelta())
    return SubscriptionState.EXPIRED if now >= ends else SubscriptionState.CREATED


def _renewal_failed(seen: SeenSubscription, end: dt.datetime, now: dt.datetime) -> bool:
    return _is_declined(seen) or now >= end + LATE


def _is_declined(seen: SeenSubscription) -> bool:
    """Tell whether the latest charge failed, or charging was given up."""
    last = seen.charges[-1].state if seen.charges else None
    return last == CaptureState.DECLINED or seen.state == base.SubscriptionState.SUSPENDED
