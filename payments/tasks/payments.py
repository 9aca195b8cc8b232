"""The jobs of paying."""

import uuid

from celery import shared_task
from django.utils import timezone

from payments.actions.disputes import reconcile_disputes
from payments.actions.holds import release_due
from payments.actions.mail import send_receipt
from payments.actions.reconciling import reconcile


@shared_task(name="payments.tasks.reconcile")
def reconcile_payments() -> None:
    """Bring payments and refunds that are between states to where they are at the provider."""
    reconcile(timezone.now())


@shared_task(name="payments.tasks.reconcile_disputes")
def read_disputes() -> None:
    """Write down the disputes that changed of late."""
    reconcile_disputes(timezone.now())


@shared_task(name="payments.tasks.release_holds")
def release_holds() -> None:
    """Make available what was pending for a week."""
    release_due(timezone.now())


@shared_task(name="payments.tasks.mail_receipt")
def mail_receipt(payment_id: str) -> None:
    """Send a buyer a receipt."""
    send_receipt(uuid.UUID(payment_id))
