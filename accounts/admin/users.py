"""The staff's pages for people."""

import uuid
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import URLField
from django.http import HttpRequest

from accounts.actions.moderation import suspend_user, unsuspend_user
from accounts.admin.base import Act, StaffAdmin
from accounts.models import User


def _suspend(staff_id: uuid.UUID, user_id: uuid.UUID, reason: str) -> None:
    suspend_user(staff_id, user_id=user_id, reason=reason)


def _unsuspend(staff_id: uuid.UUID, user_id: uuid.UUID, reason: str) -> None:
    unsuspend_user(staff_id, user_id=user_id, reason=reason)


@admin.register(User)
class UserAdmin(StaffAdmin):
    """People: what they show can be corrected, what is counted or proven of them cannot."""

    kind = "user"
    acts = (Act("suspend", "Suspend", _suspend), Act("unsuspend", "Unsuspend", _unsuspend))
    list_display = (
        "username",
        "display_name",
        "status",
        "is_verified",
        "is_staff",
        "follower_count",
        "post_count",
        "created_at",
    )
    list_filter = ("status", "is_staff", "is_verified", "is_private", "created_at")
    search_fields = ("username", "display_name", "=email")
    search_help_text = "Username, display name, whole email address, or id"
    corrected = ("display_name", "bio", "website", "location", "is_verified")
    granted = ("is_staff", "is_superuser", "groups")
    formfield_overrides: ClassVar[dict[Any, Any]] = {URLField: {"assume_scheme": "https"}}
    filter_horizontal = ("groups",)
    fieldsets = (
        (
            None,
            {"fields": ("id", "username", "masked_email", "email_verified_at", "created_at", "birth_date")},
        ),
        ("Profile", {"fields": ("display_name", "bio", "website", "location", "is_verified", "is_private")}),
        ("State", {"fields": ("status", "suspension_reason", "deactivated_at", "last_active_on")}),
        ("Counts", {"fields": ("follower_count", "following_count", "post_count")}),
        ("Staff", {"fields": granted}),
    )

    @admin.display(description="Email")
    def masked_email(self, user: User) -> str:
        """Show enough of an address to recognise it, not enough to write to it."""
        name, _, domain = user.email.partition("@")
        return f"{name[:1]}***@{domain}"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        editable = {*self.corrected, *(self.granted if request.user.is_superuser else ())}  # type: ignore[union-attr]
        return [
            name
            for _, options in self.fieldsets
            for name in options["fields"]  # type: ignore[attr-defined]
            if name not in editable
        ]
