"""What becomes of the market when one of its people is erased: orders are kept, without a name."""

import uuid

from grover.core.db import atomic
from grover.core.races import settled
from payments.actions.reviews import remove_review
from payments.models import Order, Product, Review

AT_ONCE = 500


def erase_person(user_id: uuid.UUID) -> None:
    """Forget where somebody had things sent, what they said of products, and what was said of theirs.

    May be called again.
    """
    _forget_addresses(user_id)
    for review_id in list(Review.objects.filter(author_id=user_id).values_list("pk", flat=True)):
        _remove(review_id)
    products = list(Product.objects.filter(seller_id=user_id).values_list("pk", flat=True))
    for start in range(0, len(products), AT_ONCE):
        atomic(Review.objects.filter(product_id__in=products[start : start + AT_ONCE]).delete)()


@atomic
def _forget_addresses(user_id: uuid.UUID) -> None:
    Order.objects.filter(buyer_id=user_id).update(address={}, note="")


@settled
@atomic
def _remove(review_id: uuid.UUID) -> None:
    review = Review.objects.filter(pk=review_id).first()
    if review is not None:
        remove_review(review)
