"""Asking the provider about subscriptions: as a month ends, while something waits, and every day."""

import datetime as dt
import uuid

from grover.core.db import atomic
from payments.actions.reconciling import each
from payments.actions.subscriptions import refresh_subscription
from payments.models import Subscription
from payments.policies.subscriptions import SOON

AT_ONCE = 200


def check_subscriptions(now: dt.datetime) -> None:
    """Ask about the subscriptions that are due, those that wait longest first; may run twice.

    Each is put off before it is asked about, so that one of which nothing can be learnt holds up no other.
    """
    due = Subscription.objects.filter(check_at__lte=now).order_by("check_at")

    def check(subscription_id: uuid.UUID) -> None:
        if _put_off(subscription_id, now):
            refresh_subscription(subscription_id, now=now)

    each(check, due.values_list("pk", flat=True)[:AT_ONCE])


@atomic
def _put_off(subscription_id: uuid.UUID, now: dt.datetime) -> bool:
    due = Subscription.objects.filter(pk=subscription_id, check_at__lte=now)
    return due.update(check_at=now + SOON) == 1
