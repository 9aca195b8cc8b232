"""A paid post: unlocked for good, until the money is given back."""

import datetime as dt

from payments.actions.entitlements import entitle, withdraw
from payments.actions.grants.base import Grant
from payments.enums import EntitlementKind
from payments.models import Payment


def _paid(payment: Payment, now: dt.datetime) -> None:
    entitle(payment.payer_id, EntitlementKind.POST, payment.thing_id)


def _returned(payment: Payment, now: dt.datetime) -> None:
    withdraw(payment.payer_id, EntitlementKind.POST, payment.thing_id)


GRANT = Grant(paid=_paid, returned=_returned)
