"""Entitlements: what somebody paid to see, and what they are about to."""

from django.db import models

from grover.core.ids import Identified
from grover.core.privacy import Erasure, Holds, holds
from payments.enums import EntitlementKind


@holds(
    Holds.FINANCIAL,
    owner="user_id",
    exported=("kind", "thing_id", "expires_at", "created_at"),
    erasure=Erasure.KEEP,
)
class Entitlement(Identified):
    """One person may see one thing: for good, or until a moment. Without money behind it the row is gone.

    `version` grows when it is worked out anew, so that two who do so wait for each other.
    """

    user_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=EntitlementKind)
    thing_id = models.UUIDField()
    expires_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "thing_id", "kind"], name="one_entitlement"),
        ]


@holds(
    Holds.FINANCIAL,
    owner="user_id",
    exported=("post_id", "payment_id", "created_at"),
    erasure=Erasure.KEEP,
)
class PostPurchase(Identified):
    """That somebody buys or has bought a post, by one payment: the unique row keeps them from paying twice.

    It goes when no money will come, or all of it was given back.
    """

    user_id = models.UUIDField()
    post_id = models.UUIDField()
    payment_id = models.UUIDField(unique=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "post_id"], name="post_bought_once")]
