"""The jobs of pushes; each is thin and safe to run twice."""

import uuid

from celery import shared_task
from django.utils import timezone

from messaging.actions import devices, push


@shared_task(name="messaging.tasks.push_notification")
def push_notification(*, notification_id: str, seq: int) -> None:
    """Wake the devices of whom a notification is for."""
    push.push_notification(uuid.UUID(notification_id), seq)


@shared_task(name="messaging.tasks.push_call")
def push_call(*, call_id: str) -> None:
    """Ring on the devices of whom a call is for."""
    push.push_call(uuid.UUID(call_id))


@shared_task(name="messaging.tasks.read_push_receipts")
def read_push_receipts() -> None:
    """Read what became of pushes to phones."""
    push.read_push_receipts(timezone.now())


@shared_task(name="messaging.tasks.sweep_push_deliveries")
def sweep_push_deliveries() -> None:
    """Forget the pushes of long ago, and the devices nobody is signed in on."""
    devices.sweep_deliveries(timezone.now())
    devices.sweep_devices()
