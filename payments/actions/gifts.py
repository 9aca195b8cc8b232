"""Giving a creator gifts, out of one's coins."""

import uuid

from django.conf import settings

from accounts.enums import NotificationKind
from accounts.selectors.relations import visible_person
from grover.core.broadcast import to_users
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.moments import present
from grover.core.races import settled, turn
from grover.core.viewers import Viewer
from messaging.actions.notifications import notify
from payments.actions.holds import hold
from payments.actions.ledger import move
from payments.cards.gifts import GiftCard
from payments.cards.money import Money
from payments.enums import AccountKind, TransferKind
from payments.events.gifts import GiftSent
from payments.models import Gift
from payments.policies.coins import COIN_CURRENCY
from payments.policies.fees import split
from payments.policies.gifts import GIFTS
from payments.policies.payments import check_pays_another
from payments.policies.places import Leg, Place, of_platform
from payments.selectors.gifts import card_of, get_gift


def send_gift(
    actor: Viewer,
    *,
    gift_id: uuid.UUID,
    target_id: uuid.UUID,
    gift: str,
    quantity: int,
    note: str,
    thing_id: uuid.UUID | None = None,
) -> GiftCard:
    """Give somebody gifts of one kind at once, paid from the actor's coins, for a thing such as a stream.

    Given again under the same id they are the same gifts. NotFound across a block, PayingOneself,
    InsufficientFunds when there are too few coins.
    """
    made = Gift(
        id=gift_id,
        created_at=present(),
        sender_id=actor.id,
        receiver_id=target_id,
        gift=gift,
        quantity=quantity,
        amount=GIFTS[gift].coins * quantity,
        currency=COIN_CURRENCY,
        note=note,
        thing_id=thing_id,
    )
    with turn(target_id):
        _send(actor, made)
    return get_gift(actor, gift_id)


@settled
@atomic
def _send(actor: Viewer, gift: Gift) -> None:
    if Gift.objects.filter(pk=gift.pk).exists():
        return
    _, relation = visible_person(actor, gift.receiver_id)
    check_pays_another(actor.id, gift.receiver_id)
    gift.fee = split(gift.amount, settings.FEES["gift"]).fee
    gift.save(force_insert=True)
    move(TransferKind.GIFT, key=f"gift:{gift.pk}", legs=_legs(gift))
    card = card_of(gift)
    emit(GiftSent(gift_id=gift.pk, gift=card), to=to_users([gift.sender_id, gift.receiver_id]))
    notify(
        gift.receiver_id,
        kind=NotificationKind.PAYMENT,
        actor_id=gift.sender_id,
        source=f"gift:{gift.pk}",
        thing_kind="gift",
        thing_id=gift.pk,
        relation=relation,
        data={
            "what": "gift",
            "gift": gift.gift,
            "quantity": str(gift.quantity),
            "value": str(gift.amount),
            "currency": gift.currency,
        },
    )


def _legs(gift: Gift) -> list[Leg]:
    """Divide what is taken out of the sender's purse between the creator and the platform."""
    rest = Money(gift.amount - gift.fee, gift.currency)
    legs = [
        Leg(Place(gift.sender_id, AccountKind.COINS, gift.currency), -gift.amount),
        *hold(gift.receiver_id, rest, source_id=gift.pk, now=gift.created_at),
    ]
    fee = Leg(of_platform(AccountKind.FEES, gift.currency), gift.fee)
    return [*legs, fee] if fee.amount else legs
