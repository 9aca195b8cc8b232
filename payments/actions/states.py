"""Moving payments from state to state, or stopping them; all of it joins the caller's transaction."""

import datetime as dt
import logging
import uuid
from typing import Any

from grover.core.broadcast import to_users
from grover.core.db import atomic
from grover.core.events import emit
from payments.actions.grants.all import GRANTS
from payments.actions.metrics import count_frozen, count_state
from payments.enums import PAYMENT_TRANSITIONS, PaymentState, Purpose
from payments.events.payments import PaymentChanged, PaymentFrozen
from payments.models import Payment

logger = logging.getLogger(__name__)


@atomic
def take_up(payment_id: uuid.UUID, now: dt.datetime) -> Payment:
    """Read a payment to change what belongs to it, while nobody else does."""
    Payment.objects.filter(pk=payment_id).update(checked_at=now)  # others wait for this row, or start again
    return Payment.objects.get(pk=payment_id)


@atomic
def fail(payment: Payment, now: dt.datetime, *, state: PaymentState = PaymentState.FAILED) -> bool:
    """End a payment for which no money will come, and tell whether it ended now."""
    ended = advance(payment, state)
    if ended:
        GRANTS[Purpose(payment.purpose)].unpaid(payment, now)
    return ended


@atomic
def advance(payment: Payment, state: PaymentState, **fields: Any) -> bool:
    """Move a payment on, and tell whether this did it."""
    before = [earlier for earlier, later in PAYMENT_TRANSITIONS.items() if state in later]
    rows = Payment.objects.filter(pk=payment.pk, state__in=before, frozen_reason="")
    if rows.update(state=state, **fields) != 1:
        payment.refresh_from_db()
        return False
    payment.refresh_from_db()
    people = [user_id for user_id in (payment.payer_id, payment.payee_id) if user_id is not None]
    changed = PaymentChanged(payment_id=payment.pk, purpose=payment.purpose, state=state.value)
    emit(changed, to=to_users(people))
    count_state(payment)
    return True


@atomic
def freeze(payment: Payment, reason: str) -> None:
    """Stop a payment until the staff has looked at it."""
    if Payment.objects.filter(pk=payment.pk, frozen_reason="").update(frozen_reason=reason):
        payment.frozen_reason = reason
        count_frozen(reason)
        emit(PaymentFrozen(payment_id=payment.pk, reason=reason))
        logger.critical("The payment %s is frozen: %s", payment.pk, reason)
