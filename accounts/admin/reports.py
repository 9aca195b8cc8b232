"""The staff's list of reports; what is done about them is done to their cases."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.base import StaffAdmin
from accounts.models import Report


@admin.register(Report)
class ReportAdmin(StaffAdmin):
    """What people reported, one by one: looked at, never edited."""

    kind = "report"
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
