"""Copies of everything, made for their owners."""

from django.db import models

from accounts.enums import ExportState
from accounts.models.users import User
from grover.core.ids import Identified
from grover.core.privacy import Holds, holds


@holds(Holds.PERSONAL, owner="user_id", exported=("state", "created_at"))
class Export(Identified):
    """A ZIP of what the platform holds on a person, made by a job and kept for a week.

    `is_running` while its file is being made: a person has one such export at a time.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=ExportState, default=ExportState.PENDING)
    is_running = models.BooleanField(default=True)
    file_name = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(is_running=True), name="one_running_export"
            )
        ]
        indexes = [models.Index(fields=["user", "-id"], name="export_of_user")]
