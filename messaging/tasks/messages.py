"""The jobs of messages."""

import uuid

from celery import shared_task

from messaging.actions import previews


@shared_task(name="messaging.tasks.fetch_preview")
def fetch_preview(message_id: str) -> None:
    """Fetch what the page behind the first link of a message says of itself."""
    previews.fetch_preview(uuid.UUID(message_id))
