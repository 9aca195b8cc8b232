"""Tipping a creator."""

import datetime as dt
import uuid

from accounts.selectors.relations import visible_person
from grover.core.db import atomic
from grover.core.moments import present
from grover.core.races import settled
from grover.core.viewers import Viewer
from payments.actions.intents import Sale, intend, is_intended
from payments.actions.payments import open_payment
from payments.cards.money import Money
from payments.cards.payments import PaymentCard
from payments.enums import Purpose
from payments.policies.payments import check_pays_another


def send_tip(
    actor: Viewer, *, payment_id: uuid.UUID, target_id: uuid.UUID, amount: Money, note: str
) -> PaymentCard:
    """Begin to tip somebody: it is theirs once the buyer has approved it and the money was taken.

    Begun again under the same id it is the same payment. NotFound across a block.
    """
    _intend(actor, payment_id, target_id, amount, note, present())
    return open_payment(payment_id)


@settled
@atomic
def _intend(
    actor: Viewer, payment_id: uuid.UUID, target_id: uuid.UUID, amount: Money, note: str, now: dt.datetime
) -> None:
    if is_intended(payment_id):
        return
    visible_person(actor, target_id)
    check_pays_another(actor.id, target_id)
    sale = Sale(purpose=Purpose.TIP, payer_id=actor.id, payee_id=target_id, amount=amount, note=note)
    intend(payment_id, sale, now=now)
