"""The uses of discounts: taken by orders and given back; all of it joins the caller's transaction."""

import uuid

from django.db.models import F

from grover.core.races import LostRace
from payments.models import Discount
from payments.policies.discounts import check_is_left, check_is_left_to
from payments.selectors.discounts import uses_of


def take_use(discount: Discount, buyer_id: uuid.UUID) -> None:
    """Take a use of a discount for an order that is about to be written; DiscountUsedUp, or LostRace.

    Whoever takes one holds the row, so that the orders of a buyer are counted one after another.
    """
    free = Discount.objects.filter(pk=discount.pk, version=discount.version)
    if discount.max_uses is not None:
        free = free.filter(uses__lt=discount.max_uses)
    if free.update(uses=F("uses") + 1) != 1:
        now = Discount.objects.filter(pk=discount.pk, version=discount.version).first()
        if now is not None:
            check_is_left(now)
        raise LostRace
    check_is_left_to(discount, uses_of(discount, buyer_id))


def give_back_use(discount_id: uuid.UUID) -> None:
    """Give back a use of a discount, unless the discount is gone."""
    Discount.objects.filter(pk=discount_id, uses__gt=0).update(uses=F("uses") - 1)
