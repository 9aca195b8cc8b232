"""What was reported, a row a thing, and what the staff decided about it."""

from django.db import models

from accounts.enums import AppealState, CaseState, DecisionKind
from accounts.models.users import User
from grover.core.ids import Identified
from grover.core.privacy import Erasure, Holds, holds


@holds(Holds.SHARED, owner="owner_id", erasure=Erasure.DETACH)
class Case(Identified):
    """All reports of one thing; the unique row is the lock of who reports it and who decides.

    `reasons` counts the reports by reason, `decision` is the last one, and `owner` whose the thing is.
    Nothing of it is exported: that somebody reported them, people learn from a decision alone.
    """

    target_kind = models.CharField(max_length=20)
    target_id = models.UUIDField()
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=7, choices=CaseState, default=CaseState.OPEN)
    report_count = models.PositiveIntegerField(default=0)
    reasons = models.JSONField(default=dict)
    last_reported_at = models.DateTimeField()
    decision = models.CharField(max_length=7, choices=DecisionKind, blank=True, default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target_kind", "target_id"], name="one_case_a_thing")]
        indexes = [models.Index(fields=["state", "-last_reported_at"], name="case_queue")]

    def __str__(self) -> str:
        return f"{self.target_kind}, reported {self.report_count} times"


@holds(
    Holds.PERSONAL,
    owner="owner_id",
    exported=(
        "target_kind",
        "target_id",
        "kind",
        "reason",
        "created_at",
        "appeal_state",
        "appeal_text",
        "appealed_at",
        "reply",
        "answered_at",
    ),
)
class Decision(Identified):
    """What the staff decided about a thing, and the appeal of its owner.

    A dismissal concerns nobody but the reporters and so has no owner. `erased_at` says when a removed
    thing was given up for good.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+")
    target_kind = models.CharField(max_length=20)
    target_id = models.UUIDField()
    kind = models.CharField(max_length=7, choices=DecisionKind)
    reason = models.CharField(max_length=500)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    appeal_state = models.CharField(max_length=8, choices=AppealState, default=AppealState.NONE)
    appeal_text = models.TextField(blank=True, default="")
    appealed_at = models.DateTimeField(null=True)
    reply = models.CharField(max_length=500, blank=True, default="")
    answered_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-id"], name="decision_of_owner"),
            models.Index(fields=["appeal_state", "-id"], name="decision_by_appeal"),
            models.Index(fields=["kind", "erased_at", "id"], name="decision_to_erase"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.target_kind} {self.target_id}"
