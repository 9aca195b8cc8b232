"""Entitlements: what somebody paid to see."""

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
