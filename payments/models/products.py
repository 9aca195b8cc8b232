"""Products: what creators sell."""

from django.db import models

from grover.core.ids import Identified
from grover.core.privacy import Holds, holds
from payments.enums import ProductKind, ProductState


@holds(
    Holds.SHARED,
    owner="seller_id",
    exported=("kind", "state", "title", "description", "price", "currency", "stock", "created_at"),
)
class Product(Identified):
    """What somebody sells. `version` grows with each change, also of the stock and of what reviews say.

    `stock` is null where there is no end of it. `media_ids` are the pictures, in order, and
    `file_media_id` what a buyer of a digital product gets; both are attached to it in the media app.
    `order_count` counts the orders ever made of it: while there is one, it is archived and not deleted.
    `rating_sum` and `review_count` are those of its reviews.
    """

    seller_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=ProductKind)
    state = models.CharField(max_length=10, choices=ProductState, default=ProductState.DRAFT)
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    price = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    stock = models.PositiveIntegerField(null=True)
    media_ids = models.JSONField(default=list)
    file_media_id = models.UUIDField(null=True)
    order_count = models.PositiveIntegerField(default=0)
    rating_sum = models.PositiveIntegerField(default=0)
    review_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["state", "-id"], name="product_on_sale"),
            models.Index(fields=["seller_id", "-id"], name="product_of_seller"),
        ]
