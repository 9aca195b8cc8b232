"""A paid post: unlocked for good, until the money is given back; then it may be bought again."""

import datetime as dt
import uuid

from payments.actions.entitlements import entitle, withdraw
from payments.actions.grants.base import Grant
from payments.enums import EntitlementKind
from payments.models import Payment, PostPurchase


def _paid(payment: Payment, now: dt.datetime) -> None:
    entitle(payment.payer_id, EntitlementKind.POST, _post_id(payment))


def _unpaid(payment: Payment, now: dt.datetime) -> None:
    PostPurchase.objects.filter(payment_id=payment.pk).delete()


def _returned(payment: Payment, now: dt.datetime) -> None:
    PostPurchase.objects.filter(payment_id=payment.pk).delete()
    withdraw(payment.payer_id, EntitlementKind.POST, _post_id(payment))


def _post_id(payment: Payment) -> uuid.UUID:
    if payment.thing_id is None:
        raise ValueError("A payment for a post names none")
    return payment.thing_id


GRANT = Grant(paid=_paid, unpaid=_unpaid, returned=_returned)
