"""Moving subscriptions from state to state, or stopping them; all of it joins the caller's transaction."""

import datetime as dt
import logging
import uuid

from grover.core.broadcast import to_users
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.jobs import enqueue_durable
from payments.actions.metrics import count_frozen
from payments.actions.subscription_notices import tell_subscriber
from payments.actions.subscription_periods import entitle_subscriber, take_subscription
from payments.enums import LIVE, SUBSCRIPTION_TRANSITIONS, SubscriptionState
from payments.events.subscriptions import SubscriptionChanged, SubscriptionFrozen
from payments.models import Subscription

logger = logging.getLogger(__name__)


@atomic
def advance_subscription(subscription: Subscription, state: SubscriptionState, now: dt.datetime) -> bool:
    """Move a subscription on that was taken, and tell whether this did it.

    What is over frees its place, and lets its subscriber see no more than was paid for.
    """
    before = SubscriptionState(subscription.state)
    if state not in SUBSCRIPTION_TRANSITIONS[before]:
        return False
    subscription.state = state
    if state not in LIVE:
        subscription.live_key = None
        subscription.stopped_at = subscription.stopped_at or now
    subscription.save(update_fields=["state", "live_key", "stopped_at"])
    if state not in LIVE and subscription.paid_until is not None:
        entitle_subscriber(subscription)
    people = [subscription.subscriber_id, subscription.creator_id]
    changed = SubscriptionChanged(
        subscription_id=subscription.pk, tier_id=subscription.tier_id, state=state.value
    )
    emit(changed, to=to_users(people))
    tell_subscriber(subscription, before)
    return True


@atomic
def stop_subscription(subscription_id: uuid.UUID, now: dt.datetime) -> None:
    """Renew a subscription no more, and have a job tell the provider; what is over stays as it is.

    What was paid for goes on until its month ends.
    """
    subscription = take_subscription(subscription_id)
    if subscription.state not in LIVE:
        return
    end = subscription.current_period_end
    is_paid = end is not None and now < end
    advance_subscription(
        subscription, SubscriptionState.CANCELLED if is_paid else SubscriptionState.EXPIRED, now
    )
    Subscription.objects.filter(pk=subscription_id).update(must_stop=True, check_at=now)
    enqueue_durable("payments.tasks.refresh_subscription", subscription_id=subscription_id)


@atomic
def freeze_subscription(subscription: Subscription, reason: str) -> None:
    """Stop to follow a subscription until the staff has looked at it."""
    if Subscription.objects.filter(pk=subscription.pk, frozen_reason="").update(frozen_reason=reason):
        subscription.frozen_reason = reason
        count_frozen(reason)
        emit(SubscriptionFrozen(subscription_id=subscription.pk, reason=reason))
        logger.critical("The subscription %s is frozen: %s", subscription.pk, reason)
