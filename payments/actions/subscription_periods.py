"""How far subscriptions are paid for, and what their subscribers may see for it.

All of it joins the caller's transaction, which must be `settled`. It is worked out from the payments
each time, so that no order in which they come or go back matters.
"""

import datetime as dt
import uuid

from django.db.models import F

from grover.core.db import atomic
from payments.actions.entitlements import entitle_anew
from payments.enums import EntitlementKind, PaymentState, Purpose
from payments.models import Payment, Subscription
from payments.policies.periods import period_ends
from payments.policies.subscriptions import entitled_until

GIVEN_BACK = frozenset({PaymentState.REFUNDED, PaymentState.LOST})


@atomic
def take_subscription(subscription_id: uuid.UUID) -> Subscription:
    """Read a subscription that nobody else changes until the transaction is over."""
    Subscription.objects.filter(pk=subscription_id).update(version=F("version") + 1)
    return Subscription.objects.select_related("tier").get(pk=subscription_id)


@atomic
def count_paid_months(subscription_id: uuid.UUID) -> None:
    """Work out until when a subscription is paid for, and what its subscriber may see for it."""
    subscription = take_subscription(subscription_id)
    months = Payment.objects.filter(thing_id=subscription_id, purpose=Purpose.SUBSCRIPTION)
    rows = list(months.order_by("captured_at", "pk").values_list("captured_at", "state"))
    moments = [moment for moment, _ in rows if moment is not None]
    ends = period_ends(moments)
    kept = [end for end, (_, state) in zip(ends, rows, strict=True) if state not in GIVEN_BACK]
    Subscription.objects.filter(pk=subscription_id).update(
        started_at=moments[0], current_period_end=ends[-1], paid_until=max(kept, default=None)
    )
    entitle_subscriber(subscription)


@atomic
def entitle_subscriber(subscription: Subscription) -> None:
    """Let somebody see a creator's posts as long as the best of their subscriptions to them lasts."""
    subscriber_id, creator_id = subscription.subscriber_id, subscription.creator_id

    def read_until() -> dt.datetime | None:
        rows = Subscription.objects.filter(subscriber_id=subscriber_id, creator_id=creator_id)
        return max(filter(None, map(entitled_until, rows)), default=None)

    entitle_anew(subscriber_id, EntitlementKind.CREATOR, creator_id, read_until)
