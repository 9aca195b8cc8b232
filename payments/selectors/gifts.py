"""Gifts as who gave them and who was given see them."""

import uuid

from accounts.selectors.people import users_by_id
from grover.core.errors import NotFound
from grover.core.viewers import Viewer
from payments.cards.gifts import GiftCard
from payments.models import Gift
from payments.policies.gifts import GIFTS


def get_gift(viewer: Viewer, gift_id: uuid.UUID) -> GiftCard:
    """Read a gift that the viewer gave or was given; NotFound when it is of others."""
    gift = Gift.objects.filter(pk=gift_id).first()
    if gift is None or viewer.id not in (gift.sender_id, gift.receiver_id):
        raise NotFound
    return card_of(gift)


def card_of(gift: Gift) -> GiftCard:
    """Show a gift."""
    people = users_by_id({gift.sender_id, gift.receiver_id})
    return GiftCard(
        id=gift.pk,
        gift=GIFTS[gift.gift],
        quantity=gift.quantity,
        coins=gift.amount,
        sender=people.get(gift.sender_id),
        receiver=people.get(gift.receiver_id),
        note=gift.note,
        thing_id=gift.thing_id,
        created_at=gift.created_at,
    )
