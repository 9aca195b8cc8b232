"""Giving a payment back: set aside first, then asked of the provider, then written down."""

import contextlib
import datetime as dt
import uuid

from django.db.models import F

from accounts.actions.moderation import acting_staff, record_act
from accounts.selectors.identity import staff_may
from grover.core.db import atomic
from grover.core.errors import NotFound
from grover.core.moments import present
from grover.core.providers import ProviderRefused, ProviderUnavailable
from grover.core.races import LostRace, settled
from grover.core.viewers import Viewer
from payments.actions.ledger import move
from payments.actions.refund_outcomes import fail_refund, record_refund
from payments.actions.returns import fee_of_return, taken
from payments.actions.states import take_up
from payments.cards.money import Money
from payments.cards.payments import RefundCard
from payments.enums import PAID, AccountKind, RefundState, TransferKind
from payments.models import Payment, Refund
from payments.policies.places import Leg, of_platform
from payments.policies.refunds import check_can_refund, check_refundable
from payments.providers.base import SeenRefund
from payments.providers.registry import provider
from payments.selectors.payments import payment_of, refund_card

REFUND_OF_OTHERS = "payments.change_payment"


def refund_payment(
    actor: Viewer, *, refund_id: uuid.UUID, payment_id: uuid.UUID, amount: Money | None, reason: str
) -> RefundCard:
    """Give some of a payment back, or all that is left of it; asked again under the same id it is the same.

    By who was paid, or the staff. NotTheSeller, TooLateToRefund, NothingToRefund or PaymentFrozen. While the
    provider does not answer the refund stays `requested`, and is asked for again.
    """
    if staff_may(actor.id, REFUND_OF_OTHERS):
        return refund_as_staff(
            refund_id=refund_id, payment_id=payment_id, amount=amount, reason=reason, staff_id=actor.id
        )
    payment = payment_of(actor, payment_id)
    check_can_refund(payment, actor.id, present())
    return _refund(refund_id, payment_id, amount, reason, actor.id)


def refund_as_staff(
    *, refund_id: uuid.UUID, payment_id: uuid.UUID, amount: Money | None, reason: str, staff_id: uuid.UUID
) -> RefundCard:
    """Give some of a payment back on behalf of the platform, whenever it was; it is in the audit log."""
    staff = acting_staff(staff_id)
    card = _refund(refund_id, payment_id, amount, reason, staff_id)
    record_act(staff, "refund_payment", ("payment", payment_id), reason)
    return card


def settle_refund(refund_id: uuid.UUID) -> None:
    """Ask the provider for a refund that is under way, and write down what it says; may run twice."""
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.state != RefundState.REQUESTED or refund.payment.capture_id is None:
        return
    amount = Money(refund.amount, refund.payment.currency)
    try:
        seen = provider(refund.payment.provider).refund_capture(
            refund.payment.capture_id, amount, reference=str(refund.pk), request_id=str(refund.pk)
        )
    except ProviderRefused:
        _fail(refund_id, present())
        return
    _record(refund_id, seen, present())


def _refund(
    refund_id: uuid.UUID, payment_id: uuid.UUID, amount: Money | None, reason: str, by: uuid.UUID
) -> RefundCard:
    settled(request_refund)(refund_id, payment_id, amount, reason, by, present())
    with contextlib.suppress(ProviderUnavailable):  # it is asked again by a job
        settle_refund(refund_id)
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    return refund_card(refund, refund.payment.currency)


@atomic
def request_refund(
    refund_id: uuid.UUID,
    payment_id: uuid.UUID,
    amount: Money | None,
    reason: str,
    by: uuid.UUID,
    now: dt.datetime,
) -> None:
    """Set aside what is to be given back; joins the caller's transaction, which must be `settled`.

    `settle_refund` asks the provider for it afterwards, or else a job does.
    """
    if Refund.objects.filter(pk=refund_id).exists():
        return
    payment = Payment.objects.filter(pk=payment_id).first()
    if payment is None:
        raise NotFound
    wanted = payment.amount - payment.refunded if amount is None else amount.value
    check_refundable(payment, wanted)
    same = Payment.objects.filter(pk=payment_id, state__in=PAID, frozen_reason="", refunded=payment.refunded)
    if same.update(refunded=F("refunded") + wanted) != 1:
        raise LostRace
    fee = fee_of_return(payment, wanted)
    Refund(
        id=refund_id,
        created_at=now,
        payment=payment,
        requested_by_id=by,
        amount=wanted,
        fee=fee,
        reason=reason,
        checked_at=now,
    ).save(force_insert=True)
    aside = Leg(of_platform(AccountKind.REFUNDS, payment.currency), wanted)
    move(TransferKind.REFUND, key=f"refund:{refund_id}", legs=[*taken(payment, wanted, fee), aside])


@settled
@atomic
def _record(refund_id: uuid.UUID, seen: SeenRefund, now: dt.datetime) -> None:
    payment = take_up(_payment_id_of(refund_id), now)
    Refund.objects.filter(pk=refund_id).update(provider_refund_id=seen.id, checked_at=now)
    record_refund(payment, seen, now)


@settled
@atomic
def _fail(refund_id: uuid.UUID, now: dt.datetime) -> None:
    payment = take_up(_payment_id_of(refund_id), now)
    fail_refund(payment, Refund.objects.get(pk=refund_id), now)


def _payment_id_of(refund_id: uuid.UUID) -> uuid.UUID:
    return Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id)
