"""The mails about orders, sent by jobs."""

import uuid

from payments.actions.mail import mail
from payments.cards.money import Money
from payments.models import Order, OrderLine
from payments.policies.wording import in_words


def send_sale(order_id: uuid.UUID) -> None:
    """Tell who sells what was ordered of them."""
    order = Order.objects.get(pk=order_id)
    amount = in_words(Money(order.total, order.currency))
    lines = ["you sold:", *_lines_of(order), f"In all {amount}. The order has the number {order.pk}."]
    mail(order.seller_id, f"You made a sale: {amount}", lines, key=f"sale.{order_id}")


def send_shipping(order_id: uuid.UUID) -> None:
    """Tell who bought that their order is on its way."""
    order = Order.objects.get(pk=order_id)
    tracked = f"{order.carrier} {order.tracking_number}".strip()
    lines = ["your order was sent:", *_lines_of(order)]
    lines += [f"It is tracked by {tracked}."] if tracked else []
    lines += [f"The order has the number {order.pk}."]
    mail(order.buyer_id, "Your order is on its way", lines, key=f"shipping.{order_id}")


def _lines_of(order: Order) -> list[str]:
    lines = OrderLine.objects.filter(order_id=order.pk).order_by("id")
    return [f"{line.quantity} of {line.title}" for line in lines]
