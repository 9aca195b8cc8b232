"""Who may pay whom, and see it."""

import uuid

from payments.enums import PaymentState
from payments.errors.payments import (
    NotTheBuyer,
    PayingOneself,
    PaymentFrozen,
    PaymentNotApproved,
    PaymentOver,
)
from payments.models import Payment


def check_pays_another(payer_id: uuid.UUID, payee_id: uuid.UUID) -> None:
    """Refuse somebody who pays themselves."""
    if payer_id == payee_id:
        raise PayingOneself


def check_is_buyer(payment: Payment, user_id: uuid.UUID) -> None:
    """Refuse everybody but who pays."""
    if payment.payer_id != user_id:
        raise NotTheBuyer


def check_was_captured(payment: Payment) -> None:
    """Say why a payment's money was not taken; nothing when it was."""
    if payment.is_frozen:
        raise PaymentFrozen
    if payment.state in (PaymentState.FAILED, PaymentState.EXPIRED):
        raise PaymentOver
    if payment.state in (PaymentState.CREATED, PaymentState.APPROVED):
        raise PaymentNotApproved
