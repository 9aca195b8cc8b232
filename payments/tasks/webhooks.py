"""The jobs of webhooks."""

import uuid

from celery import shared_task
from django.utils import timezone

from payments.actions import webhooks


@shared_task(name="payments.tasks.process_webhook")
def process_webhook(event_id: str) -> None:
    """Ask the provider about what a webhook is about."""
    webhooks.process_webhook(uuid.UUID(event_id), timezone.now())
