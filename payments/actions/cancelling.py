"""Cancelling orders: before they are paid no money is taken, and before they are sent it is given back."""

import contextlib
import datetime as dt
import uuid

from grover.core.db import atomic
from grover.core.ids import new_id
from grover.core.moments import present
from grover.core.providers import ProviderUnavailable
from grover.core.races import LostRace, settled
from grover.core.viewers import Viewer
from payments.actions.order_notices import tell_of_order
from payments.actions.order_states import call_off
from payments.actions.payments import refresh_payment
from payments.actions.refunds import request_refund, settle_refund
from payments.actions.states import fail
from payments.cards.orders import OrderCard
from payments.enums import OrderState, PaymentState
from payments.errors.orders import OrderTransitionRefused, PaymentUnderWay
from payments.errors.payments import PaymentFrozen
from payments.models import Order, Payment
from payments.selectors.orders import get_order, order_of

REASON = "The order was cancelled"


def cancel_order(actor: Viewer, *, order_id: uuid.UUID) -> OrderCard:
    """Cancel an order: its buyer as long as it is not paid, either of the two until it is sent.

    Cancelling again changes nothing. Of a payment that was approved the money is taken first, for that may
    be under way, and then given back. OrderTransitionRefused, PaymentFrozen, NothingToRefund while the
    money is disputed, or PaymentUnderWay while the provider does not say whether it took it.
    """
    try:
        refund_id = _cancel(actor, order_id, present())
    except PaymentUnderWay:
        refresh_payment(order_id)
        refund_id = _cancel(actor, order_id, present())
    if refund_id is not None:
        with contextlib.suppress(ProviderUnavailable):  # it is asked again by a job
            settle_refund(refund_id)
    return get_order(actor, order_id)


@settled
@atomic
def _cancel(actor: Viewer, order_id: uuid.UUID, now: dt.datetime) -> uuid.UUID | None:
    """Cancel an order, and give the id of the refund that is to be asked for, if there is one."""
    order = order_of(actor, order_id)
    payment = _hold_payment(order, now)
    match OrderState(order.state):
        case OrderState.CANCELLED:
            return None
        case OrderState.PENDING:
            _void(payment, now)
            return None
        case OrderState.PAID:
            call_off(order, now)
            tell_of_order(order, "cancelled", actor_id=actor.id)
            return _give_back_money(payment, actor.id, now)
    raise OrderTransitionRefused


def _hold_payment(order: Order, now: dt.datetime) -> Payment | None:
    """Read the payment of an order, and the order again, so that neither changes until this commits."""
    held = Payment.objects.filter(pk=order.pk).update(checked_at=now)
    order.refresh_from_db()
    return Payment.objects.get(pk=order.pk) if held else None


def _void(payment: Payment | None, now: dt.datetime) -> None:
    """End a payment that nobody has approved; what is approved later is not taken."""
    if payment is None:
        raise LostRace
    if payment.is_frozen:
        raise PaymentFrozen
    if payment.state == PaymentState.APPROVED:
        raise PaymentUnderWay
    if not fail(payment, now):
        raise LostRace


def _give_back_money(payment: Payment | None, by: uuid.UUID, now: dt.datetime) -> uuid.UUID | None:
    if payment is None or payment.refunded == payment.amount:
        return None
    refund_id = new_id()
    request_refund(refund_id, payment.pk, None, REASON, by, now)
    return refund_id
