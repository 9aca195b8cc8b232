"""The staff's page of the audit log: read, never written."""

from django.contrib import admin
from django.http import HttpRequest

from grover.core.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):
    """What staff did, to what and why."""

    list_display = ("created_at", "actor_label", "action", "target_kind", "target_id", "reason")
    list_filter = ("action", "target_kind", "created_at")
    search_fields = ("actor_label", "=target_id", "reason")
    search_help_text = "Member of the staff, id of what it was done to, words of the reason"
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False
