"""Calls between two people."""

from django.db import models
from django.utils import timezone

from grover.core.ids import Identified
from grover.core.privacy import Erasure, Holds, holds
from messaging.enums import CallKind, CallState


@holds(
    Holds.SHARED,
    owner="caller_id",
    exported=("callee_id", "kind", "state", "created_at", "answered_at", "ended_at"),
    erasure=Erasure.DETACH,
)
class Call(Identified):
    """A call, from the first ring to its end; `channel` names it at the provider."""

    caller_id = models.UUIDField(null=True)
    callee_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=10, choices=CallKind)
    state = models.CharField(max_length=10, choices=CallState, default=CallState.RINGING)
    channel = models.CharField(max_length=64)
    rings_until = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["caller_id", "-id"], name="call_of_caller"),
            models.Index(fields=["callee_id", "-id"], name="call_of_callee"),
            models.Index(fields=["state", "rings_until"], name="call_due"),
        ]


@holds(Holds.PERSONAL, owner="user_id")
class CallSeat(models.Model):
    """That somebody is in a call that rings or is active: a person is in one at a time."""

    user_id = models.UUIDField(primary_key=True)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=timezone.now)
