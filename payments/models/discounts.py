"""Discounts: codes with which a seller's products cost less."""

from django.db import models

from grover.core.ids import Identified
from grover.core.privacy import Holds, holds


@holds(
    Holds.PERSONAL,
    owner="seller_id",
    exported=("code", "percent", "amount", "currency", "starts_at", "ends_at", "uses", "created_at"),
)
class Discount(Identified):
    """A code of one seller's, in capital letters; either `percent` or `amount` is taken off.

    It is for the products named in `product_ids`, or all when none is. `minimum` is what an order must
    cost without it. `uses` counts the orders that use it, none of which was cancelled unpaid; which
    buyers they are of is read from the orders. `version` grows with each change but that of `uses`.
    """

    seller_id = models.UUIDField()
    code = models.CharField(max_length=32)
    percent = models.PositiveSmallIntegerField(null=True)
    amount = models.BigIntegerField(null=True)
    minimum = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    product_ids = models.JSONField(default=list)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    max_uses = models.PositiveIntegerField(null=True)
    max_uses_per_buyer = models.PositiveIntegerField(null=True)
    uses = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller_id", "code"], name="one_discount_a_code")]
        indexes = [models.Index(fields=["seller_id", "-id"], name="discount_of_seller")]
