"""Asking to be paid out: the money is set aside at once, and sent by a job."""

import datetime as dt
import uuid

from django.conf import settings

from grover.core.broadcast import to_user
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.moments import present
from grover.core.races import LostRace, settled
from grover.core.viewers import Viewer
from payments.actions.ledger import move
from payments.cards.money import Money
from payments.cards.payouts import PayoutCard
from payments.enums import AccountKind, TransferKind
from payments.errors.payments import InsufficientFunds
from payments.events.payouts import PayoutChanged
from payments.models import Payout
from payments.policies.payouts import check_amount, check_receiver
from payments.policies.places import Leg, Place
from payments.selectors.ledger import balance_of
from payments.selectors.payouts import get_payout, payout_account_of


def request_payout(actor: Viewer, *, payout_id: uuid.UUID, amount: Money | None = None) -> PayoutCard:
    """Set an amount aside to be paid out, or all that is available; again under the same id it is the same.

    NoPayoutAccount, PayoutAccountTooNew; InsufficientFunds when it is more than there is, or all that
    there is is too little.
    """
    _request(actor.id, payout_id, amount, present())
    return get_payout(actor, payout_id)


@settled
@atomic
def _request(user_id: uuid.UUID, payout_id: uuid.UUID, amount: Money | None, now: dt.datetime) -> None:
    if Payout.objects.filter(pk=payout_id).exists():
        return
    account = check_receiver(payout_account_of(user_id), now)
    currency = settings.CURRENCIES[0] if amount is None else amount.currency
    available = balance_of(Place(user_id, AccountKind.AVAILABLE, currency))
    wanted = Money(available, currency) if amount is None else amount
    check_amount(wanted.value, available)
    payout = Payout(
        id=payout_id,
        created_at=now,
        user_id=user_id,
        amount=wanted.value,
        currency=currency,
        receiver=account.receiver,
    )
    payout.save(force_insert=True)
    _set_aside(payout)
    emit(PayoutChanged(payout_id=payout_id, state="requested"), to=[to_user(user_id)])


def _set_aside(payout: Payout) -> None:
    available = Place(payout.user_id, AccountKind.AVAILABLE, payout.currency)
    reserved = Place(payout.user_id, AccountKind.RESERVED, payout.currency)
    legs = [Leg(available, -payout.amount), Leg(reserved, payout.amount)]
    try:
        move(TransferKind.PAYOUT, key=f"payout:{payout.pk}", legs=legs)
    except InsufficientFunds as error:  # it was there when we looked
        raise LostRace from error
