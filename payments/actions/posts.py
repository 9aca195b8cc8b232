"""Buying a post; what a post is, and whether it may be seen, the caller knows."""

import datetime as dt
import uuid

from grover.core.db import atomic
from grover.core.moments import present
from grover.core.races import settled
from grover.core.viewers import Viewer
from payments.actions.intents import Sale, intend, is_intended
from payments.actions.payments import open_payment
from payments.cards.money import Money
from payments.cards.payments import PaymentCard
from payments.enums import EntitlementKind, Purpose
from payments.errors.payments import AlreadyBought, PurchaseUnderWay
from payments.models import PostPurchase
from payments.policies.payments import check_pays_another
from payments.selectors.entitlements import entitled


def buy_post(
    actor: Viewer, *, payment_id: uuid.UUID, post_id: uuid.UUID, author_id: uuid.UUID, price: Money
) -> PaymentCard:
    """Begin to buy a post: it is unlocked once the buyer has approved it and the money was taken.

    Begun again under the same id it is the same payment. AlreadyBought for what they may read, and
    PurchaseUnderWay, which names the other payment, until that has failed or expired.
    """
    sale = Sale(purpose=Purpose.POST, payer_id=actor.id, payee_id=author_id, amount=price, thing_id=post_id)
    check_pays_another(actor.id, author_id)
    _intend(payment_id, sale, post_id, present())
    return open_payment(payment_id)


@settled
@atomic
def _intend(payment_id: uuid.UUID, sale: Sale, post_id: uuid.UUID, now: dt.datetime) -> None:
    if is_intended(payment_id):
        return
    if (EntitlementKind.POST, post_id) in entitled(sale.payer_id, [post_id]):
        raise AlreadyBought
    other = PostPurchase.objects.filter(user_id=sale.payer_id, post_id=post_id).first()
    if other is not None:
        raise PurchaseUnderWay(f"It is the payment {other.payment_id}")
    PostPurchase.objects.create(user_id=sale.payer_id, post_id=post_id, payment_id=payment_id)
    intend(payment_id, sale, now=now)
