"""The staff's pages for sessions."""

import uuid

from django.contrib import admin
from django.http import HttpRequest

from accounts.actions.moderation import end_session_of_user
from accounts.admin.base import Act, StaffAdmin
from accounts.models import Session


def _end(staff_id: uuid.UUID, session_id: uuid.UUID, reason: str) -> None:
    end_session_of_user(staff_id, session_id=session_id, reason=reason)


@admin.register(Session)
class SessionAdmin(StaffAdmin):
    """Where people are signed in; a session can be ended and nothing else."""

    kind = "session"
    acts = (Act("end", "End session", _end),)
    ids_searched = ("pk", "user_id")
    list_display = ("id", "user", "device", "address", "created_at", "last_seen_at", "ended_at", "end_reason")
    list_filter = ("created_at", "ended_at", "end_reason")
    list_select_related = ("user",)
    search_fields = ("=user__username", "=address")
    search_help_text = "Whole username, address, id of the session or of the person"
    fields = readonly_fields = (
        "id",
        "user",
        "device",
        "address",
        "created_at",
        "last_seen_at",
        "expires_at",
        "ended_at",
        "end_reason",
    )

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def may_act(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_session")  # type: ignore[union-attr]
