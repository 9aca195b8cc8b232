"""Devices that are woken, and what was sent to them."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from grover.core.ids import Identified
from grover.core.privacy import Holds, holds
from messaging.enums import DeliveryState, PushKind


@holds(Holds.PERSONAL, owner="user_id", exported=("kind", "name", "created_at"))
class PushDevice(Identified):
    """A browser or phone of one person; `address` is its endpoint or token, and belongs to one person."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    session_id = models.UUIDField(null=True, db_index=True)
    kind = models.CharField(max_length=10, choices=PushKind)
    name = models.CharField(max_length=100, blank=True, default="")
    address = models.TextField()
    address_hash = models.CharField(max_length=64, unique=True)
    keys = models.JSONField(default=dict)


@holds(Holds.NONE)
class PushDelivery(Identified):
    """One notification at one state to one device: sent once, whoever tries; `receipt` is Expo's."""

    device = models.ForeignKey(PushDevice, on_delete=models.CASCADE, related_name="+")
    notification_id = models.UUIDField()
    seq = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    receipt = models.CharField(max_length=80, blank=True, default="")
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "notification_id", "seq"], name="push_once")]
        indexes = [models.Index(fields=["state", "sent_at"], name="push_by_state")]
