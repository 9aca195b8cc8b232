"""A month of a subscription: all that the creator keeps for subscribers, until it ends or is given back."""

import datetime as dt

from payments.actions.grants.base import Grant
from payments.actions.subscription_periods import count_paid_months
from payments.models import Payment


def _settle(payment: Payment, now: dt.datetime) -> None:
    if payment.thing_id is not None:
        count_paid_months(payment.thing_id)


GRANT = Grant(paid=_settle, returned=_settle)
