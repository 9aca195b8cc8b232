"""Payments: what somebody is to pay, has paid, and got back."""

from django.db import models
from django.db.models import Q

from grover.core.ids import Identified
from grover.core.privacy import Erasure, Holds, holds
from payments.enums import UNSETTLED, DisputeState, PaymentState, Purpose, RefundState


@holds(
    Holds.FINANCIAL,
    owner="payer_id",
    exported=("purpose", "amount", "currency", "refunded", "state", "note", "created_at", "captured_at"),
    erasure=Erasure.KEEP,
)
class Payment(Identified):
    """What one person pays once, to a creator or, for coins, to the platform.

    Its id is also what the provider is asked under, so that asking again does nothing twice. `refunded`
    is what was given back or is on its way back. What is frozen goes nowhere until the staff has looked
    at it.
    """

    payer_id = models.UUIDField()
    payee_id = models.UUIDField(null=True)
    purpose = models.CharField(max_length=20, choices=Purpose)
    thing_id = models.UUIDField(null=True)
    amount = models.BigIntegerField()
    fee = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    note = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=20, choices=PaymentState, default=PaymentState.CREATED)
    frozen_reason = models.CharField(max_length=100, blank=True)
    provider = models.CharField(max_length=20)
    order_id = models.CharField(max_length=64, null=True, unique=True)
    capture_id = models.CharField(max_length=64, null=True, unique=True)
    approve_url = models.CharField(max_length=500, blank=True)
    refunded = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField()
    captured_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["payer_id", "-id"], name="payment_of_payer"),
            models.Index(fields=["payee_id", "-id"], name="payment_of_payee"),
            models.Index(fields=["thing_id", "captured_at"], name="payment_for_thing"),
            models.Index(
                fields=["checked_at"],
                name="payment_between_states",
                condition=Q(state__in=[PaymentState.CREATED, PaymentState.APPROVED]),
            ),
            models.Index(
                fields=["checked_at"], name="payment_unsettled", condition=Q(state__in=sorted(UNSETTLED))
            ),
            models.Index(fields=["frozen_reason"], name="payment_frozen", condition=Q(frozen_reason__gt="")),
        ]

    @property
    def is_frozen(self) -> bool:
        return bool(self.frozen_reason)


@holds(
    Holds.FINANCIAL,
    owner="requested_by_id",
    exported=("amount", "state", "reason", "created_at"),
    erasure=Erasure.KEEP,
)
class Refund(Identified):
    """Some of a payment given back; without a requester it was given back at the provider's own site."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, db_index=False, related_name="refunds")
    requested_by_id = models.UUIDField(null=True)
    amount = models.BigIntegerField()
    fee = models.BigIntegerField()
    reason = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=RefundState, default=RefundState.REQUESTED)
    provider_refund_id = models.CharField(max_length=64, null=True, unique=True)
    checked_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["payment"], name="refund_of_payment"),
            models.Index(
                fields=["checked_at"],
                name="refund_under_way",
                condition=Q(state=RefundState.REQUESTED),
            ),
        ]


@holds(Holds.NONE)
class Dispute(Identified):
    """A buyer who asks the provider for their money back; the money is set aside until it is decided."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    provider_dispute_id = models.CharField(max_length=64, unique=True)
    amount = models.BigIntegerField()
    fee = models.BigIntegerField()
    reason = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=DisputeState, default=DisputeState.OPEN)
    checked_at = models.DateTimeField()


@holds(Holds.FINANCIAL, owner="owner_id", exported=("amount", "currency", "release_at"), erasure=Erasure.KEEP)
class Hold(Identified):
    """Money of a creator that is pending: what is left of one income, until it is released.

    The sum of somebody's holds that are not released is their pending balance. `source_id` is the payment,
    or the gift, that it came from.
    """

    owner_id = models.UUIDField()
    source_id = models.UUIDField(unique=True)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    release_at = models.DateTimeField()
    is_released = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["release_at"], name="hold_to_release", condition=Q(is_released=False)),
            models.Index(fields=["owner_id"], name="hold_of_owner", condition=Q(is_released=False)),
        ]
