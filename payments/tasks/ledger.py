"""The jobs that look at all money, each thin and safe to run twice."""

from celery import shared_task
from django.utils import timezone

from payments.actions import checks


@shared_task(name="payments.tasks.check_ledger")
def check_ledger() -> None:
    """Add all money up again, and cry out when it does not add up."""
    checks.check_own_books()


@shared_task(name="payments.tasks.check_against_provider")
def check_against_provider() -> None:
    """Compare our books with the provider's, and cry out about what differs."""
    checks.check_against_provider(timezone.now())
