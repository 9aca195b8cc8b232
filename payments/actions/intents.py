"""Writing down that somebody is to pay: what comes before anybody outside is asked."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.conf import settings

from grover.core.db import atomic
from payments.cards.money import Money
from payments.enums import Purpose
from payments.models import Payment
from payments.policies.fees import split

LASTS = dt.timedelta(hours=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """What somebody is to pay for, and to whom; without a payee it is the platform."""

    purpose: Purpose
    payer_id: uuid.UUID
    payee_id: uuid.UUID | None
    amount: Money
    thing_id: uuid.UUID | None = None
    note: str = ""


@atomic
def intend(payment_id: uuid.UUID, sale: Sale, *, now: dt.datetime) -> None:
    """Write a payment down; joins the caller's transaction, which must be `settled`.

    The caller looks first whether the payment is there: a request that is sent again finds its own.
    """
    payment = Payment(
        id=payment_id,
        created_at=now,
        payer_id=sale.payer_id,
        payee_id=sale.payee_id,
        purpose=sale.purpose,
        thing_id=sale.thing_id,
        amount=sale.amount.value,
        currency=sale.amount.currency,
        fee=split(sale.amount.value, settings.FEES[sale.purpose]).fee,
        note=sale.note,
        provider=settings.PAYMENT_PROVIDER,
        expires_at=now + LASTS,
        checked_at=now,
    )
    payment.save(force_insert=True)


def is_intended(payment_id: uuid.UUID) -> bool:
    """Tell whether a payment was written down before."""
    return Payment.objects.filter(pk=payment_id).exists()
