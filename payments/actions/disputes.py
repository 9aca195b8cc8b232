"""Buyers who want their money back through the provider: it is set aside while that is decided."""

import datetime as dt

from grover.core.db import atomic
from grover.core.moments import present
from grover.core.races import settled
from payments.actions.ledger import move
from payments.actions.notices import tell_disputed
from payments.actions.returns import fee_of_return, given_again, given_back, taken
from payments.actions.standing import stand
from payments.actions.states import freeze, take_up
from payments.enums import AccountKind, DisputeState, TransferKind
from payments.models import Dispute, Payment
from payments.policies.places import Leg, of_platform
from payments.providers.base import SeenDispute, UnknownToProvider
from payments.providers.registry import provider

LOOKED_BACK = dt.timedelta(days=7)


def refresh_dispute(provider_dispute_id: str) -> bool:
    """Bring a dispute to where the provider says it is; False when it is not about a payment of ours."""
    try:
        seen = provider().get_dispute(provider_dispute_id)
    except UnknownToProvider:
        return False
    return record_dispute(seen, now=present())


def reconcile_disputes(now: dt.datetime) -> None:
    """Write down all disputes that changed of late, in case nobody told us of them."""
    for seen in provider().disputes_since(now - LOOKED_BACK):
        record_dispute(seen, now=now)


@settled
@atomic
def record_dispute(seen: SeenDispute, *, now: dt.datetime) -> bool:
    """Write down how a dispute stands; False when its payment is not known here.

    The money is set aside when the dispute is first heard of, however it stands by then.
    """
    payment_id = Payment.objects.filter(capture_id=seen.capture_id).values_list("pk", flat=True).first()
    if payment_id is None:
        return False
    payment = take_up(payment_id, now)
    if seen.amount.currency != payment.currency:
        freeze(payment, "another currency disputed")
        return True
    dispute = Dispute.objects.filter(provider_dispute_id=seen.id).first() or _open(payment, seen, now)
    if seen.state != DisputeState.OPEN:
        _decide(payment, dispute, seen.state, now)
    return True


def _open(payment: Payment, seen: SeenDispute, now: dt.datetime) -> Dispute:
    """Set aside what is disputed, as far as it was not given back already."""
    amount = min(seen.amount.value, payment.amount - given_back(payment))
    fee = fee_of_return(payment, amount)
    dispute = Dispute.objects.create(
        payment=payment,
        provider_dispute_id=seen.id,
        amount=amount,
        fee=fee,
        reason=seen.reason[:100],
        checked_at=now,
    )
    if amount:
        legs = [*taken(payment, amount, fee, forced=True), _aside(payment, amount)]
        move(TransferKind.DISPUTE, key=f"dispute:{dispute.pk}", legs=legs)
    stand(payment, now)
    tell_disputed(payment, dispute)
    return dispute


def _decide(payment: Payment, dispute: Dispute, state: DisputeState, now: dt.datetime) -> None:
    is_open = Dispute.objects.filter(pk=dispute.pk, state=DisputeState.OPEN)
    if is_open.update(state=state, checked_at=now) != 1:
        return
    dispute.state = state
    if state == DisputeState.WON:
        _give_again(payment, dispute)
    else:
        _lose(payment, dispute)
    stand(payment, now)
    tell_disputed(payment, dispute)


def _give_again(payment: Payment, dispute: Dispute) -> None:
    if dispute.amount:
        legs = [_aside(payment, -dispute.amount), *given_again(payment, dispute.amount, dispute.fee)]
        move(TransferKind.DISPUTE_WON, key=f"dispute-won:{dispute.pk}", legs=legs)


def _lose(payment: Payment, dispute: Dispute) -> None:
    if dispute.amount:
        clearing = Leg(of_platform(AccountKind.PROVIDER_CLEARING, payment.currency), dispute.amount)
        legs = [_aside(payment, -dispute.amount), clearing]
        move(TransferKind.DISPUTE_LOST, key=f"dispute-lost:{dispute.pk}", legs=legs)


def _aside(payment: Payment, amount: int) -> Leg:
    return Leg(of_platform(AccountKind.DISPUTES, payment.currency), amount)
