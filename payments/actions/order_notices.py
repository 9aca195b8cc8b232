"""Telling the people of an order how it goes; joins the caller's transaction.

That it was paid is told by its payment.
"""

import uuid

from accounts.enums import NotificationKind
from grover.core.jobs import enqueue_durable
from messaging.actions.notifications import notify
from payments.enums import Purpose
from payments.models import Order


def tell_seller_of_sale(order: Order) -> None:
    """Mail who sells what they sold; an order without a payment is also told here."""
    enqueue_durable("payments.tasks.mail_sale", order_id=order.pk)
    if not order.total:
        tell_of_order(order, "paid", actor_id=order.buyer_id)


def tell_buyer_of_shipping(order: Order) -> None:
    """Tell who bought that their order was sent, also by mail."""
    enqueue_durable("payments.tasks.mail_shipping", order_id=order.pk)
    tell_of_order(order, "shipped", actor_id=order.seller_id)


def tell_of_order(order: Order, what: str, *, actor_id: uuid.UUID) -> None:
    """Tell the other person of an order what one of them did."""
    notify(
        order.seller_id if actor_id == order.buyer_id else order.buyer_id,
        kind=NotificationKind.PAYMENT,
        actor_id=actor_id,
        source=f"order:{order.pk}:{what}",
        thing_kind="order",
        thing_id=order.pk,
        data={
            "what": what,
            "purpose": Purpose.ORDER.value,
            "value": str(order.total),
            "currency": order.currency,
        },
    )
