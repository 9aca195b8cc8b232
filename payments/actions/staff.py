"""What the staff does to payments; each act is in the audit log with its reason."""

import datetime as dt
import uuid

from accounts.actions.moderation import acting_staff, record_act
from grover.core.db import atomic
from grover.core.errors import NotFound
from grover.core.ids import new_id
from grover.core.moments import present
from grover.core.races import settled
from payments.actions.payments import refresh_payment
from payments.actions.payout_batches import pay_out
from payments.actions.payout_outcomes import fail
from payments.actions.refunds import refund_as_staff
from payments.actions.webhooks import process_again
from payments.errors.staff import NotFrozen
from payments.models import Payment, Payout, PayoutBatch


def give_back(staff_id: uuid.UUID, payment_id: uuid.UUID, reason: str) -> None:
    """Give back all that is left of a payment, whenever it was."""
    refund_as_staff(
        refund_id=new_id(), payment_id=payment_id, amount=None, reason=reason[:200], staff_id=staff_id
    )


def thaw(staff_id: uuid.UUID, payment_id: uuid.UUID, reason: str) -> None:
    """Let a frozen payment go on; it is frozen again if the provider still says what cannot be."""
    _thaw(staff_id, payment_id, reason)
    refresh_payment(payment_id)


def thaw_payout(staff_id: uuid.UUID, payout_id: uuid.UUID, reason: str) -> None:
    """Let a frozen payout go on; it is frozen again if the provider still says what cannot be."""
    _thaw_payout(staff_id, payout_id, reason)
    pay_out(present())


def end_payout(staff_id: uuid.UUID, payout_id: uuid.UUID, reason: str) -> None:
    """Give back the money of a frozen payout that was never paid, as the staff has found out."""
    _end_payout(staff_id, payout_id, reason, present())


def ask_provider(staff_id: uuid.UUID, payment_id: uuid.UUID, reason: str) -> None:
    """Bring a payment to where it is at the provider, now."""
    if not Payment.objects.filter(pk=payment_id).exists():
        raise NotFound
    refresh_payment(payment_id)
    _note(staff_id, "refresh_payment", payment_id, reason)


def look_again(staff_id: uuid.UUID, event_id: uuid.UUID, reason: str) -> None:
    """Look at a webhook again that was about nothing known."""
    process_again(event_id)
    record_act(acting_staff(staff_id), "process_webhook", ("webhook", event_id), reason)


@atomic
def _thaw(staff_id: uuid.UUID, payment_id: uuid.UUID, reason: str) -> None:
    frozen = Payment.objects.filter(pk=payment_id).exclude(frozen_reason="")
    if frozen.update(frozen_reason="") != 1:
        raise NotFrozen
    _note(staff_id, "thaw_payment", payment_id, reason)


@settled
@atomic
def _thaw_payout(staff_id: uuid.UUID, payout_id: uuid.UUID, reason: str) -> None:
    payout = _unfrozen(payout_id)
    if payout.batch_id is not None:
        PayoutBatch.objects.filter(pk=payout.batch_id).update(is_done=False, due_at=present())
    record_act(acting_staff(staff_id), "thaw_payout", ("payout", payout_id), reason)


@settled
@atomic
def _end_payout(staff_id: uuid.UUID, payout_id: uuid.UUID, reason: str, now: dt.datetime) -> None:
    fail(_unfrozen(payout_id), "ended by the staff", now)
    record_act(acting_staff(staff_id), "end_payout", ("payout", payout_id), reason)


def _unfrozen(payout_id: uuid.UUID) -> Payout:
    if Payout.objects.filter(pk=payout_id, frozen_reason__gt="").update(frozen_reason="") != 1:
        raise NotFrozen
    return Payout.objects.get(pk=payout_id)


def _note(staff_id: uuid.UUID, action: str, payment_id: uuid.UUID, reason: str) -> None:
    record_act(acting_staff(staff_id), action, ("payment", payment_id), reason)
