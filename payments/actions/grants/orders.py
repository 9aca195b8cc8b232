"""An order: fulfilled once it is paid, cancelled when it never will be, taken back with the money."""

import datetime as dt

from payments.actions.grants.base import Grant
from payments.actions.order_states import abandon, fulfil, take_back
from payments.models import Order, Payment


def _paid(payment: Payment, now: dt.datetime) -> None:
    fulfil(Order.objects.get(pk=payment.pk), now)


def _unpaid(payment: Payment, now: dt.datetime) -> None:
    abandon(Order.objects.get(pk=payment.pk), now)


def _returned(payment: Payment, now: dt.datetime) -> None:
    take_back(Order.objects.get(pk=payment.pk), now)


GRANT = Grant(paid=_paid, unpaid=_unpaid, returned=_returned)
