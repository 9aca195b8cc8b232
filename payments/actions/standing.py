"""Where a payment stands once its money was taken: it follows from what was given back and disputed.

So it does not matter in which order refunds and disputes are heard of.
"""

import datetime as dt

from payments.actions.grants.all import GRANTS
from payments.actions.returns import given_back
from payments.actions.states import advance
from payments.enums import DisputeState, PaymentState, Purpose
from payments.models import Dispute, Payment


def stand(payment: Payment, now: dt.datetime) -> None:
    """Move a payment to where its refunds and disputes have brought it; joins the caller's transaction.

    When nothing of it is left with us, what it was for is taken back.
    """
    for state in _way(payment):
        is_moved = advance(payment, state)
        if is_moved and state in (PaymentState.REFUNDED, PaymentState.LOST):
            GRANTS[Purpose(payment.purpose)].returned(payment, now)


def _way(payment: Payment) -> list[PaymentState]:
    """List the states that a payment goes through, from being captured; those behind it are passed over."""
    disputes = set(Dispute.objects.filter(payment=payment).values_list("state", flat=True))
    returned = given_back(payment)
    way = [PaymentState.DISPUTED] if disputes else []
    if DisputeState.LOST in disputes:
        return [*way, PaymentState.LOST]
    if DisputeState.OPEN in disputes:
        return way
    if disputes:
        way.append(PaymentState.WON)
    elif 0 < returned < payment.amount:
        way.append(PaymentState.PARTIALLY_REFUNDED)
    return [*way, PaymentState.REFUNDED] if returned == payment.amount else way
