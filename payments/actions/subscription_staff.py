"""What the staff does to subscriptions; each act is in the audit log with its reason."""

import uuid

from accounts.actions.moderation import acting_staff, record_act
from grover.core.db import atomic
from grover.core.errors import NotFound
from grover.core.moments import present
from payments.actions.subscriptions import refresh_subscription
from payments.errors.staff import NotFrozen
from payments.models import Subscription


def thaw_subscription(staff_id: uuid.UUID, subscription_id: uuid.UUID, reason: str) -> None:
    """Let a frozen subscription go on; it is frozen again if the provider still says what cannot be."""
    _thaw(staff_id, subscription_id, reason)
    refresh_subscription(subscription_id, now=present())


def ask_about_subscription(staff_id: uuid.UUID, subscription_id: uuid.UUID, reason: str) -> None:
    """Bring a subscription to where it is at the provider, now."""
    if not Subscription.objects.filter(pk=subscription_id).exists():
        raise NotFound
    refresh_subscription(subscription_id, now=present())
    _note(staff_id, "refresh_subscription", subscription_id, reason)


@atomic
def _thaw(staff_id: uuid.UUID, subscription_id: uuid.UUID, reason: str) -> None:
    frozen = Subscription.objects.filter(pk=subscription_id).exclude(frozen_reason="")
    if frozen.update(frozen_reason="", check_at=present()) != 1:
        raise NotFrozen
    _note(staff_id, "thaw_subscription", subscription_id, reason)


def _note(staff_id: uuid.UUID, action: str, subscription_id: uuid.UUID, reason: str) -> None:
    record_act(acting_staff(staff_id), action, ("subscription", subscription_id), reason)
