"""The jobs of notifications and of the mails that tell of them."""

import datetime as dt
import uuid

from celery import shared_task
from django.utils import timezone

from messaging.actions import digests, follow_notices, withdrawals


@shared_task(name="messaging.tasks.tell_accepted")
def tell_accepted(*, follower_ids: list[str], target_id: str) -> None:
    """Tell people that they may follow whom they asked."""
    follow_notices.tell_some_accepted([uuid.UUID(key) for key in follower_ids], uuid.UUID(target_id))


@shared_task(name="messaging.tasks.withdraw_between")
def withdraw_between(*, user_id: str, other_id: str) -> None:
    """Take back what two people were told of each other."""
    withdrawals.withdraw_between(uuid.UUID(user_id), uuid.UUID(other_id))


@shared_task(name="messaging.tasks.sweep_notifications")
def sweep_notifications() -> None:
    """Delete what was read long ago."""
    withdrawals.sweep_notifications(timezone.now())


@shared_task(name="messaging.tasks.send_digests")
def send_digests() -> None:
    """Begin the digests that are due."""
    digests.begin_digests(timezone.now())


@shared_task(name="messaging.tasks.send_digest")
def send_digest(*, user_id: str, day: str) -> None:
    """Send one digest."""
    digests.send_digest(uuid.UUID(user_id), dt.date.fromisoformat(day), timezone.now())
