"""What the staff decided, and the appeals against it."""

import uuid

from django.contrib import admin
from django.http import HttpRequest

from accounts.actions.appeals import grant_appeal, reject_appeal
from accounts.admin.base import Act, StaffAdmin
from accounts.models import Decision


def _grant(staff_id: uuid.UUID, decision_id: uuid.UUID, reason: str) -> None:
    grant_appeal(staff_id, decision_id=decision_id, reason=reason)


def _reject(staff_id: uuid.UUID, decision_id: uuid.UUID, reason: str) -> None:
    reject_appeal(staff_id, decision_id=decision_id, reason=reason)


@admin.register(Decision)
class DecisionAdmin(StaffAdmin):
    """Decisions: an appeal against one is answered with a reason, nothing is edited."""

    kind = "decision"
    acts = (Act("grant", "Grant the appeal", _grant), Act("reject", "Reject the appeal", _reject))
    reason_help = "Who appealed reads this. What a removed message said does not come back."
    ids_searched = ("pk", "target_id", "owner_id")
    list_display = ("created_at", "kind", "target_kind", "owner", "reason", "appeal_state", "decided_by")
    list_filter = ("appeal_state", "kind", "target_kind", "created_at")
    list_select_related = ("owner", "decided_by")
    search_fields = ("=owner__username",)
    search_help_text = "Whole username of whom it concerns, id of the decision, the thing or its owner"
    fields = readonly_fields = (
        "created_at",
        "kind",
        "target_kind",
        "target_id",
        "owner",
        "reason",
        "decided_by",
        "appeal_state",
        "appeal_text",
        "appealed_at",
        "reply",
        "answered_by",
        "answered_at",
        "erased_at",
    )

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
