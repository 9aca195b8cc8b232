"""What people told the staff of."""

from django.db import models

from accounts.enums import ReportReason, ReportState
from accounts.models.users import User
from grover.core.ids import Identified
from grover.core.privacy import Erasure, Holds, holds


@holds(
    Holds.SHARED,
    owner="reporter_id",
    exported=("target_kind", "target_id", "reason", "note", "created_at"),
    erasure=Erasure.DETACH,
)
class Report(Identified):
    """A thing that somebody thinks breaks the rules; once per reporter and thing."""

    reporter = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    target_kind = models.CharField(max_length=20)
    target_id = models.UUIDField()
    reason = models.CharField(max_length=20, choices=ReportReason)
    note = models.CharField(max_length=1000, blank=True)
    state = models.CharField(max_length=10, choices=ReportState, default=ReportState.OPEN)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reporter", "target_kind", "target_id"], name="report_once")
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="report_queue"),
            models.Index(fields=["target_kind", "target_id", "-id"], name="report_of_target"),
        ]
