"""Who may give a payment back, and how much of it."""

import datetime as dt
import uuid

from payments.enums import PAID
from payments.errors.payments import NothingToRefund, NotTheSeller, PaymentFrozen, TooLateToRefund
from payments.models import Payment

REFUNDABLE_FOR = dt.timedelta(days=30)


def check_can_refund(payment: Payment, user_id: uuid.UUID, now: dt.datetime) -> None:
    """Refuse everybody but who was paid, and them after 30 days."""
    if payment.payee_id != user_id:
        raise NotTheSeller
    if payment.captured_at is not None and now > payment.captured_at + REFUNDABLE_FOR:
        raise TooLateToRefund


def check_refundable(payment: Payment, amount: int) -> None:
    """Refuse to give back what was not paid, or is not there any more."""
    if payment.is_frozen:
        raise PaymentFrozen
    if payment.state not in PAID or not 0 < amount <= payment.amount - payment.refunded:
        raise NothingToRefund
