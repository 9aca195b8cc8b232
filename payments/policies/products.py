"""Who may sell what."""

import uuid

from grover.core.errors import Invalid
from payments.enums import PRODUCT_TRANSITIONS, ProductKind, ProductState
from payments.errors.products import NotYourProduct, ProductTransitionRefused
from payments.models import Product

WHOLE_STARS = 100


def check_is_seller(product: Product, user_id: uuid.UUID) -> None:
    """Refuse everybody but who sells a product."""
    if product.seller_id != user_id:
        raise NotYourProduct


def check_can_become(product: Product, state: ProductState) -> None:
    """Refuse to bring a product where it cannot go from its state; where it is, it may stay."""
    before = ProductState(product.state)
    if state != before and state not in PRODUCT_TRANSITIONS[before]:
        raise ProductTransitionRefused


def check_has_its_file(kind: str, state: str, file_media_id: uuid.UUID | None) -> None:
    """Refuse a file that is not sold, and to sell a file that is not there."""
    if kind != ProductKind.DIGITAL and file_media_id is not None:
        raise Invalid.at("/file_media_id", "not_digital", "Only a digital product has a file")
    if kind == ProductKind.DIGITAL and state == ProductState.PUBLISHED and file_media_id is None:
        raise Invalid.at("/file_media_id", "required", "A digital product is published with its file")


def rating_average(product: Product) -> int | None:
    """Give the mean of a product's ratings in hundredths, rounded half up; None without any."""
    if not product.review_count:
        return None
    return (2 * WHOLE_STARS * product.rating_sum + product.review_count) // (2 * product.review_count)
