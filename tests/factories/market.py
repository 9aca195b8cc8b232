"""What is sold and bought, as rows and through the actions."""

import uuid
from typing import Any

from accounts.models import User
from grover.core.ids import new_id
from grover.core.viewers import on_behalf_of
from payments.actions.orders import place_order
from payments.actions.reviews import review_product
from payments.models import Discount, Order, Product, Review
from payments.policies.orders import Wanted
from payments.policies.places_of_media import place_of_file
from tests.factories.media import make_media
from tests.factories.payments import pay


def make_product(seller: User, **fields: Any) -> Product:
    """Put a product on sale; a digital one has a file of its seller's."""
    values = {
        "id": new_id(),
        "seller_id": seller.pk,
        "kind": "physical",
        "state": "published",
        "title": "A mug",
        "price": 1_000,
        "currency": "USD",
        **fields,
    }
    if values["kind"] == "digital" and "file_media_id" not in values:
        file = make_media(seller.pk, attached_to=place_of_file(values["id"]))
        values["file_media_id"] = file.pk
    return Product.objects.create(**values)


ADDRESS = {
    "name": "Bob",
    "street": "1 High Street",
    "postcode": "N1 9GU",
    "city": "London",
    "country": "GB",
}


def make_order(buyer: User, *products: Product, quantity: int = 1, **fields: Any) -> Order:
    """Order so many of each product; the buyer has not approved the payment yet."""
    order_id: uuid.UUID = fields.pop("order_id", None) or new_id()
    place_order(
        on_behalf_of(buyer.pk),
        order_id=order_id,
        lines=[Wanted(product_id=product.pk, quantity=quantity) for product in products],
        **{"address": ADDRESS, "note": "", "discount_code": "", **fields},
    )
    return Order.objects.get(pk=order_id)


def make_paid_order(buyer: User, *products: Product, quantity: int = 1, **fields: Any) -> Order:
    """Order so many of each product, and pay for them."""
    order = make_order(buyer, *products, quantity=quantity, **fields)
    pay(order.pk)
    return Order.objects.get(pk=order.pk)


def make_discount(seller: User, **fields: Any) -> Discount:
    """Make a discount of ten percent, unless it is said otherwise."""
    values = {"code": "SPRING", "currency": "USD", **fields}
    if "amount" not in values:
        values.setdefault("percent", 10)
    return Discount.objects.create(seller_id=seller.pk, **values)


def make_review(author: User, product: Product, rating: int = 5, text: str = "Good.") -> Review:
    """Buy a product, and review it."""
    make_paid_order(author, product)
    review_product(on_behalf_of(author.pk), product_id=product.pk, rating=rating, text=text)
    return Review.objects.get(author_id=author.pk, product_id=product.pk)
