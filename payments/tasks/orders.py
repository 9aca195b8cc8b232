"""The jobs of orders."""

import uuid

from celery import shared_task
from django.utils import timezone

from payments.actions.order_mail import send_sale, send_shipping
from payments.actions.orders import complete_due_orders


@shared_task(name="payments.tasks.complete_orders")
def complete_orders() -> None:
    """Complete the orders that arrived two weeks ago."""
    complete_due_orders(timezone.now())


@shared_task(name="payments.tasks.mail_sale")
def mail_sale(order_id: str) -> None:
    """Mail somebody what they sold."""
    send_sale(uuid.UUID(order_id))


@shared_task(name="payments.tasks.mail_shipping")
def mail_shipping(order_id: str) -> None:
    """Mail somebody that their order was sent."""
    send_shipping(uuid.UUID(order_id))
