"""The jobs of subscriptions."""

import uuid

from celery import shared_task

from grover.core.moments import present
from payments.actions import subscription_checks
from payments.actions.subscription_notices import send_subscription_mail
from payments.actions.subscriptions import refresh_subscription


@shared_task(name="payments.tasks.check_subscriptions")
def check_subscriptions() -> None:
    """Ask the provider about the subscriptions that are due."""
    subscription_checks.check_subscriptions(present())


@shared_task(name="payments.tasks.refresh_subscription")
def refresh_one_subscription(subscription_id: str) -> None:
    """Bring a subscription to where it is at the provider, and tell it when the subscription is over."""
    refresh_subscription(uuid.UUID(subscription_id), now=present())


@shared_task(name="payments.tasks.mail_subscription")
def mail_subscription(subscription_id: str, what: str) -> None:
    """Mail a subscriber what became of their subscription."""
    send_subscription_mail(uuid.UUID(subscription_id), what)
