"""Writing down what came of giving money back."""

import datetime as dt

from django.db.models import F

from payments.actions.ledger import move
from payments.actions.metrics import count_money
from payments.actions.notices import tell_refunded
from payments.actions.returns import fee_of_return, given_again, given_back, taken
from payments.actions.standing import stand
from payments.actions.states import freeze
from payments.enums import AccountKind, RefundState, TransferKind
from payments.models import Payment, Refund
from payments.policies.places import Leg, of_platform
from payments.providers import base
from payments.providers.base import SeenRefund


def record_refund(payment: Payment, seen: SeenRefund, now: dt.datetime) -> None:
    """Bring a refund to where the provider says it is; joins the caller's transaction.

    One that was not asked for here was given at the provider's own site, and is booked as it is.
    """
    refund = _find(payment, seen)
    if refund is None:
        _record_strange(payment, seen, now)
    elif refund.amount != seen.amount.value or payment.currency != seen.amount.currency:
        freeze(payment, "another amount refunded")
    elif seen.state == base.RefundState.COMPLETED:
        _complete(payment, refund, seen.id, now)
    elif seen.state == base.RefundState.FAILED:
        fail_refund(payment, refund, now)


def fail_refund(payment: Payment, refund: Refund, now: dt.datetime) -> None:
    """Undo a refund that will not be given; joins the caller's transaction."""
    requested = Refund.objects.filter(pk=refund.pk, state=RefundState.REQUESTED)
    if requested.update(state=RefundState.FAILED, checked_at=now) != 1:
        return
    Payment.objects.filter(pk=payment.pk).update(refunded=F("refunded") - refund.amount)
    legs = [_in_transit(payment, -refund.amount), *given_again(payment, refund.amount, refund.fee)]
    move(TransferKind.REFUND_FAILED, key=f"refund-failed:{refund.pk}", legs=legs)


def _find(payment: Payment, seen: SeenRefund) -> Refund | None:
    refunds = Refund.objects.filter(payment=payment)
    known = refunds.filter(provider_refund_id=seen.id).first()
    if known is None and seen.reference:
        known = next((refund for refund in refunds if str(refund.pk) == seen.reference), None)
    return known


def _complete(payment: Payment, refund: Refund, provider_refund_id: str, now: dt.datetime) -> None:
    requested = Refund.objects.filter(pk=refund.pk, state=RefundState.REQUESTED)
    done = {"state": RefundState.COMPLETED, "provider_refund_id": provider_refund_id, "checked_at": now}
    if requested.update(**done) != 1:
        return
    legs = [_in_transit(payment, -refund.amount), _back_at_provider(payment, refund.amount)]
    move(TransferKind.REFUND_SETTLED, key=f"refund-settled:{refund.pk}", legs=legs)
    _return(payment, refund, now)


def _record_strange(payment: Payment, seen: SeenRefund, now: dt.datetime) -> None:
    if seen.state != base.RefundState.COMPLETED:
        return
    amount = seen.amount.value
    if seen.amount.currency != payment.currency or given_back(payment) + amount > payment.amount:
        freeze(payment, "more refunded than was paid")
        return
    Payment.objects.filter(pk=payment.pk).update(refunded=F("refunded") + amount)
    fee = fee_of_return(payment, amount)
    refund = Refund.objects.create(
        payment=payment,
        amount=amount,
        fee=fee,
        state=RefundState.COMPLETED,
        provider_refund_id=seen.id,
        checked_at=now,
    )
    legs = [_back_at_provider(payment, amount), *taken(payment, amount, fee, forced=True)]
    move(TransferKind.REFUND, key=f"refund:{refund.pk}", legs=legs)
    _return(payment, refund, now)


def _return(payment: Payment, refund: Refund, now: dt.datetime) -> None:
    count_money("refunded", refund.amount, payment.currency)
    stand(payment, now)
    tell_refunded(payment, refund)


def _in_transit(payment: Payment, amount: int) -> Leg:
    return Leg(of_platform(AccountKind.REFUNDS, payment.currency), amount)


def _back_at_provider(payment: Payment, amount: int) -> Leg:
    return Leg(of_platform(AccountKind.PROVIDER_CLEARING, payment.currency), amount)
