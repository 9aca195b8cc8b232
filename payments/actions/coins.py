"""Buying coins."""

import datetime as dt
import uuid

from grover.core.db import atomic
from grover.core.moments import present
from grover.core.races import settled
from grover.core.viewers import Viewer
from payments.actions.intents import Sale, intend, is_intended
from payments.actions.payments import open_payment
from payments.cards.payments import PaymentCard
from payments.enums import Purpose
from payments.policies.coins import PACKS


def buy_coins(actor: Viewer, *, payment_id: uuid.UUID, pack: str) -> PaymentCard:
    """Begin to buy a pack of coins: they are the actor's once the money was taken.

    Begun again under the same id it is the same payment.
    """
    _intend(actor, payment_id, pack, present())
    return open_payment(payment_id)


@settled
@atomic
def _intend(actor: Viewer, payment_id: uuid.UUID, pack: str, now: dt.datetime) -> None:
    if is_intended(payment_id):
        return
    sale = Sale(purpose=Purpose.COINS, payer_id=actor.id, payee_id=None, amount=PACKS[pack].price)
    intend(payment_id, sale, now=now)
