"""Reviews: what buyers say of products."""

from django.db import models

from grover.core.ids import Identified
from grover.core.privacy import Holds, holds


@holds(
    Holds.SHARED,
    owner="author_id",
    exported=("product_id", "rating", "text", "created_at", "edited_at"),
)
class Review(Identified):
    """What one buyer says of a product, with 1 to 5 stars; the product counts them."""

    product_id = models.UUIDField()
    author_id = models.UUIDField()
    rating = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=2_000, blank=True)
    edited_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["author_id", "product_id"], name="one_review_a_buyer")]
        indexes = [models.Index(fields=["product_id", "-id"], name="review_of_product")]
