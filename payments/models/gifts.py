"""Gifts: what somebody gave a creator out of their coins."""

from django.db import models

from grover.core.ids import Identified
from grover.core.privacy import Erasure, Holds, holds


@holds(
    Holds.FINANCIAL,
    owner="sender_id",
    exported=("gift", "quantity", "amount", "currency", "note", "created_at"),
    erasure=Erasure.KEEP,
)
class Gift(Identified):
    """Some gifts of one kind, given at once and for good.

    `amount` is what they cost, a coin being one minor unit of the currency; `thing_id` is what they were
    given for, such as a live stream.
    """

    sender_id = models.UUIDField()
    receiver_id = models.UUIDField()
    gift = models.CharField(max_length=20)
    quantity = models.PositiveSmallIntegerField()
    amount = models.BigIntegerField()
    fee = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    note = models.CharField(max_length=200, blank=True)
    thing_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["receiver_id", "-id"], name="gift_of_receiver"),
            models.Index(fields=["sender_id", "-id"], name="gift_of_sender"),
        ]
