"""The jobs of conversations; each is thin and safe to run twice."""

import uuid

from celery import shared_task

from messaging.actions import erasure, members


@shared_task(name="messaging.tasks.tell_invited")
def tell_invited(*, conversation_id: str) -> None:
    """Notify those who were invited when a group began."""
    members.tell_invited(uuid.UUID(conversation_id))


@shared_task(name="messaging.tasks.erase_conversation")
def erase_conversation(*, conversation_id: str) -> None:
    """Remove a conversation that nobody is in any more."""
    erasure.erase_conversation(uuid.UUID(conversation_id))
