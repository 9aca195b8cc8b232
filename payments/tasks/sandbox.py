"""The jobs of the sandbox, which stands for a provider's own servers."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from payments.providers.sandbox.events import send_event
from payments.providers.sandbox.subscriptions import charge_due


@shared_task(name="payments.tasks.send_sandbox_event")
def send_sandbox_event(event_id: str) -> None:
    """Send a webhook."""
    send_event(event_id)


@shared_task(name="payments.tasks.charge_sandbox_subscriptions")
def charge_sandbox_subscriptions() -> None:
    """Charge the subscriptions whose next month has begun."""
    if settings.PAYMENT_PROVIDER == "sandbox":
        charge_due(timezone.now())
