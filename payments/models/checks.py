"""What was found when all money was looked at, and what the staff did about it."""

from django.db import models

from grover.core.ids import Identified
from grover.core.privacy import Erasure, Holds, holds
from payments.enums import AccountKind, CheckKind, CorrectionState


@holds(Holds.NONE)
class MoneyCheck(Identified):
    """One look at all money: at the ledger alone, or beside the provider's own books."""

    kind = models.CharField(max_length=10, choices=CheckKind)
    fault_count = models.PositiveIntegerField()
    faults = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["kind", "-id"], name="money_check_of_kind")]


@holds(
    Holds.FINANCIAL,
    owner="author_id",
    exported=("amount", "currency", "reason", "state", "created_at"),
    erasure=Erasure.KEEP,
)
class Correction(Identified):
    """Money moved by hand, from one account to another; a large one needs a second person.

    An account without an owner is the platform's.
    """

    author_id = models.UUIDField()
    decided_by_id = models.UUIDField(null=True)
    from_owner_id = models.UUIDField(null=True, blank=True)
    from_kind = models.CharField(max_length=10, choices=AccountKind)
    to_owner_id = models.UUIDField(null=True, blank=True)
    to_kind = models.CharField(max_length=10, choices=AccountKind)
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=CorrectionState, default=CorrectionState.PROPOSED)
