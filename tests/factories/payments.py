"""Payments that were made, by the sandbox."""

import uuid
from typing import Any

from accounts.models import User
from grover.core.ids import new_id
from grover.core.viewers import on_behalf_of
from payments.actions.payments import refresh_payment
from payments.actions.tips import send_tip
from payments.cards.money import Money
from payments.models import Payment
from payments.providers.sandbox.orders import decide


def make_tip(payer: User, payee: User, value: int = 1_000, **fields: Any) -> Payment:
    """Begin to tip somebody; the buyer has not approved it yet."""
    payment_id = fields.pop("payment_id", None) or new_id()
    send_tip(
        on_behalf_of(payer.pk),
        payment_id=payment_id,
        target_id=payee.pk,
        amount=Money(value, "USD"),
        note=fields.pop("note", ""),
    )
    return Payment.objects.get(pk=payment_id)


def approve(payment_id: uuid.UUID, *, approves: bool = True) -> None:
    """Approve a payment as its buyer, at the sandbox."""
    order_id = Payment.objects.get(pk=payment_id).order_id
    assert order_id is not None
    decide(order_id, approves=approves)


def pay(payment_id: uuid.UUID) -> Payment:
    """Approve a payment and take its money."""
    approve(payment_id)
    refresh_payment(payment_id)
    return Payment.objects.get(pk=payment_id)


def make_paid_tip(payer: User, payee: User, value: int = 1_000, **fields: Any) -> Payment:
    """Tip somebody; the money is theirs, and pending."""
    return pay(make_tip(payer, payee, value, **fields).pk)
