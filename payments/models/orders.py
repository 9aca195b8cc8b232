"""Orders: what somebody buys of one seller."""

from django.db import models

from grover.core.ids import Identified
from grover.core.privacy import Erasure, Holds, holds
from payments.enums import OrderState, ProductKind


@holds(
    Holds.FINANCIAL,
    owner="buyer_id",
    exported=(
        "state",
        "total",
        "currency",
        "discount_code",
        "address",
        "note",
        "created_at",
        "paid_at",
        "shipped_at",
        "delivered_at",
    ),
    erasure=Erasure.KEEP,
)
class Order(Identified):
    """What somebody buys of one seller; its payment, unless nothing is to be paid, has the same id.

    `total` is `subtotal` less `reduction`. `discount_id` is there while the order uses one of the uses of
    a discount. `address` is empty where nothing is sent. `version` grows with each change.
    """

    buyer_id = models.UUIDField()
    seller_id = models.UUIDField()
    state = models.CharField(max_length=10, choices=OrderState, default=OrderState.PENDING)
    currency = models.CharField(max_length=3)
    subtotal = models.BigIntegerField()
    reduction = models.BigIntegerField(default=0)
    total = models.BigIntegerField()
    discount_id = models.UUIDField(null=True)
    discount_code = models.CharField(max_length=32, blank=True)
    address = models.JSONField(default=dict)
    note = models.CharField(max_length=500, blank=True)
    carrier = models.CharField(max_length=60, blank=True)
    tracking_number = models.CharField(max_length=100, blank=True)
    paid_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    refunded_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["buyer_id", "-id"], name="order_of_buyer"),
            models.Index(fields=["seller_id", "-id"], name="order_of_seller"),
            models.Index(fields=["discount_id", "buyer_id"], name="order_by_discount"),
            models.Index(
                fields=["delivered_at"],
                name="order_to_complete",
                condition=models.Q(state=OrderState.DELIVERED),
            ),
        ]


@holds(
    Holds.FINANCIAL,
    owner="buyer_id",
    exported=("title", "kind", "price", "quantity", "created_at"),
    erasure=Erasure.KEEP,
)
class OrderLine(Identified):
    """So many of one product, as it was when it was ordered."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, db_index=False, related_name="lines")
    product_id = models.UUIDField()
    buyer_id = models.UUIDField()
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=ProductKind)
    price = models.BigIntegerField()
    quantity = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "product_id"], name="one_line_a_product")]
        indexes = [models.Index(fields=["buyer_id", "product_id"], name="line_of_buyer")]
