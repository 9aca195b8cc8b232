"""The jobs of calls."""

from celery import shared_task

from grover.core.moments import present
from messaging.actions import call_ends


@shared_task(name="messaging.tasks.end_due_calls")
def end_due_calls() -> None:
    """End the calls that rang in vain or that a side has left."""
    call_ends.end_due_calls(present())
