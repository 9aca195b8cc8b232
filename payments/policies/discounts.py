"""What a discount takes off, and when."""

import datetime as dt
from collections.abc import Collection

from payments.cards.money import Money
from payments.errors.discounts import DiscountNotApplicable, DiscountNotValid, DiscountUsedUp
from payments.models import Discount
from payments.policies.fees import WHOLE, split
from payments.policies.orders import Line
from payments.policies.wording import in_words

WHOLE_PERCENT = 100


def check_is_valid(discount: Discount, now: dt.datetime) -> None:
    """Refuse a discount before and after its time."""
    has_begun = discount.starts_at is None or discount.starts_at <= now
    has_ended = discount.ends_at is not None and discount.ends_at <= now
    if not has_begun or has_ended:
        raise DiscountNotValid


def check_is_left(discount: Discount) -> None:
    """Refuse a discount that was used as often as it may be."""
    if discount.max_uses is not None and discount.uses >= discount.max_uses:
        raise DiscountUsedUp


def check_is_left_to(discount: Discount, used_by_buyer: int) -> None:
    """Refuse a discount to a buyer who used it as often as one buyer may."""
    if discount.max_uses_per_buyer is not None and used_by_buyer >= discount.max_uses_per_buyer:
        raise DiscountUsedUp("You used this discount as often as you may")


def reduction_of(discount: Discount, lines: Collection[Line]) -> int:
    """Tell what is taken off an order; percents are rounded half to even. DiscountNotApplicable."""
    if sum(line.amount for line in lines) < discount.minimum:
        least = in_words(Money(discount.minimum, discount.currency))
        raise DiscountNotApplicable(f"It is for orders of at least {least}")
    meant = [line for line in lines if _is_for(discount, line)]
    if not meant:
        raise DiscountNotApplicable("It is for other products")
    amount = sum(line.amount for line in meant)
    if discount.percent is not None:
        return split(amount, discount.percent * WHOLE // WHOLE_PERCENT).fee
    return min(discount.amount or 0, amount)


def _is_for(discount: Discount, line: Line) -> bool:
    is_named = not discount.product_ids or str(line.product.pk) in discount.product_ids
    return is_named and line.product.currency == discount.currency
