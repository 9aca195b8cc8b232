"""The staff's queue of reports."""

import uuid

from django.contrib import admin
from django.http import HttpRequest

from accounts.actions.moderation import dismiss_report, resolve_report
from accounts.admin.base import Act, StaffAdmin
from accounts.models import Report


def _resolve(staff_id: uuid.UUID, report_id: uuid.UUID, reason: str) -> None:
    resolve_report(staff_id, report_id=report_id, reason=reason)


def _dismiss(staff_id: uuid.UUID, report_id: uuid.UUID, reason: str) -> None:
    dismiss_report(staff_id, report_id=report_id, reason=reason)


@admin.register(Report)
class ReportAdmin(StaffAdmin):
    """What people reported: decided with a reason, never edited."""

    kind = "report"
    acts = (Act("resolve", "Resolve", _resolve), Act("dismiss", "Dismiss", _dismiss))
    ids_searched = ("pk", "target_id", "reporter_id")
    list_display = (
        "id",
        "state",
        "reason",
        "target_kind",
        "target_id",
        "reporter",
        "created_at",
        "decided_by",
    )
    list_filter = ("state", "reason", "target_kind", "created_at")
    list_select_related = ("reporter", "decided_by")
    search_fields = ("=reporter__username", "note")
    search_help_text = (
        "Whole username of the reporter, words of the note, id of the report, its target or reporter"
    )
    fields = readonly_fields = (
        "id",
        "state",
        "reason",
        "note",
        "target_kind",
        "target_id",
        "reporter",
        "created_at",
        "decided_by",
        "decided_at",
        "decision_note",
    )

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def may_act(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_report")  # type: ignore[union-attr]
