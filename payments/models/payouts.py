"""Payouts: money that leaves to whom it belongs, and where it goes."""

from django.db import models
from django.db.models import Q

from grover.core.ids import Identified
from grover.core.privacy import Erasure, Holds, holds
from payments.enums import PayoutState


@holds(Holds.PERSONAL, owner="user_id", exported=("receiver", "usable_at", "created_at"))
class PayoutAccount(Identified):
    """Where somebody is paid: their address at the provider, which is not used before `usable_at`."""

    user_id = models.UUIDField(unique=True)
    receiver = models.EmailField(max_length=254)
    usable_at = models.DateTimeField()


@holds(Holds.NONE)
class PayoutBatch(Identified):
    """Payouts that are given to the provider together.

    Its id is its name there, so that giving it again is doing nothing; the batch of that name always has
    the same payouts. `due_at` is when it is looked at next: until then somebody may be doing so.
    """

    provider = models.CharField(max_length=20)
    provider_batch_id = models.CharField(max_length=64, null=True, unique=True)
    due_at = models.DateTimeField()
    is_done = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "payout batches"
        indexes = [
            models.Index(fields=["due_at"], name="payout_batch_to_look_at", condition=Q(is_done=False)),
        ]


@holds(
    Holds.FINANCIAL,
    owner="user_id",
    exported=("amount", "currency", "receiver", "state", "reason", "created_at", "over_at"),
    erasure=Erasure.KEEP,
)
class Payout(Identified):
    """What one person is paid out once; the money is set aside until it is paid or given back.

    `receiver` is the whole address while the payout is under way, and then only a hint of it. What is
    frozen goes nowhere until the staff has looked at it.
    """

    user_id = models.UUIDField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    receiver = models.CharField(max_length=254)
    state = models.CharField(max_length=10, choices=PayoutState, default=PayoutState.REQUESTED)
    frozen_reason = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=100, blank=True)
    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, null=True, related_name="payouts")
    provider_payout_id = models.CharField(max_length=64, null=True, unique=True)
    over_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user_id", "-id"], name="payout_of_user"),
            models.Index(
                fields=["id"],
                name="payout_requested",
                condition=Q(state=PayoutState.REQUESTED),
            ),
        ]
