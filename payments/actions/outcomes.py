"""Writing down what came of a payment: what the provider says, and what follows from it.

What a provider says comes in as a snapshot, from wherever: an answer, a webhook, the reconciler. The
same or an older snapshot changes nothing.
"""

import datetime as dt
import uuid

from grover.core.db import atomic
from grover.core.races import settled
from payments.actions.grants.all import GRANTS
from payments.actions.holds import hold
from payments.actions.ledger import move
from payments.actions.metrics import count_money
from payments.actions.notices import tell_paid
from payments.actions.refund_outcomes import record_refund
from payments.actions.states import advance, fail, freeze, take_up
from payments.cards.money import Money
from payments.enums import AccountKind, PaymentState, Purpose, TransferKind
from payments.models import Payment
from payments.policies.places import Leg, Place, of_platform
from payments.policies.seen import mismatch_of
from payments.providers.base import CaptureState, OrderState, SeenCapture, SeenOrder


@settled
@atomic
def record_order(payment_id: uuid.UUID, seen: SeenOrder, *, payee: str, now: dt.datetime) -> None:
    """Bring a payment to where the provider says that its order is; `payee` is who must be paid.

    A payment is frozen when the provider says of it what we did not ask for, or took money for one that
    is over here.
    """
    payment = take_up(payment_id, now)
    if payment.is_frozen:
        return
    mismatch = mismatch_of(payment, seen, payee)
    if mismatch:
        freeze(payment, mismatch)
        return
    if seen.state in (OrderState.APPROVED, OrderState.COMPLETED):
        advance(payment, PaymentState.APPROVED)
    elif seen.state == OrderState.VOIDED:
        fail(payment, now)
    if seen.capture is not None:
        _record_capture(payment, seen.capture, now)


def _record_capture(payment: Payment, seen: SeenCapture, now: dt.datetime) -> None:
    if seen.state == CaptureState.DECLINED:
        fail(payment, now)
    if seen.state != CaptureState.COMPLETED:
        return
    if advance(payment, PaymentState.CAPTURED, capture_id=seen.id, captured_at=now):
        take(payment, now)
    elif payment.state in (PaymentState.FAILED, PaymentState.EXPIRED):
        freeze(payment, "paid after it was over")
        return
    for refund in seen.refunds:
        record_refund(payment, refund, now)


def take(payment: Payment, now: dt.datetime) -> None:
    """Book money that has come, and give the buyer what it was for; joins the caller's transaction."""
    taken = Leg(of_platform(AccountKind.PROVIDER_CLEARING, payment.currency), -payment.amount)
    legs = [taken, *_income(payment, now)]
    move(TransferKind.CAPTURE, key=f"capture:{payment.pk}", legs=legs)
    count_money("taken", payment.amount, payment.currency)
    GRANTS[Purpose(payment.purpose)].paid(payment, now)
    tell_paid(payment)


def _income(payment: Payment, now: dt.datetime) -> list[Leg]:
    """Divide what was paid between the creator and the platform; coins are all the buyer's."""
    if payment.payee_id is None:
        return [Leg(Place(payment.payer_id, AccountKind.COINS, payment.currency), payment.amount)]
    rest = Money(payment.amount - payment.fee, payment.currency)
    legs = hold(payment.payee_id, rest, source_id=payment.pk, now=now)
    fee = Leg(of_platform(AccountKind.FEES, payment.currency), payment.fee)
    return [*legs, fee] if fee.amount else legs
