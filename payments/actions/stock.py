"""What there is of products: taken by orders and given back; all of it joins the caller's transaction.

Rows are always taken in the order of their ids, so that no two orders wait for each other.
"""

import uuid
from collections.abc import Collection, Mapping

from django.db.models import F

from grover.core.races import LostRace
from payments.enums import ProductState
from payments.errors.orders import OutOfStock
from payments.models import Product
from payments.policies.orders import Line


def take_stock(lines: Collection[Line]) -> None:
    """Take what is ordered off the stock; OutOfStock, or LostRace when a product is not as it was read."""
    for line in sorted(lines, key=lambda line: line.product.pk):
        _take(line)


def give_back_stock(quantities: Mapping[uuid.UUID, int]) -> None:
    """Put back what was taken of products; where there is no end of one by now, nothing is counted."""
    for product_id in sorted(quantities):
        counted = Product.objects.filter(pk=product_id, stock__isnull=False)
        counted.update(stock=F("stock") + quantities[product_id], version=F("version") + 1)


def hold_products(product_ids: Collection[uuid.UUID]) -> None:
    """Make others who change who has these products wait, or start again, until this one commits."""
    for product_id in sorted(product_ids):
        Product.objects.filter(pk=product_id).update(version=F("version") + 1)


def _take(line: Line) -> None:
    seen = line.product
    same = Product.objects.filter(
        pk=seen.pk, state=ProductState.PUBLISHED, price=seen.price, currency=seen.currency
    )
    grown = {"order_count": F("order_count") + 1, "version": F("version") + 1}
    if seen.stock is None:
        taken = same.filter(stock__isnull=True).update(**grown)
    else:
        taken = same.filter(stock__gte=line.quantity).update(stock=F("stock") - line.quantity, **grown)
    if taken == 1:
        return
    left = Product.objects.filter(pk=seen.pk).values_list("stock", flat=True).first()
    if left is not None and left < line.quantity:
        raise OutOfStock(f"Of {seen.title} there are {left} left")
    raise LostRace
