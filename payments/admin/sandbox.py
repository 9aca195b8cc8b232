"""The staff's page of the sandbox, while it takes the money: what it remembers, and the part of others."""

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.base import Act
from payments.actions import sandbox
from payments.admin.base import MoneyAdmin
from payments.models import SandboxRecord


@admin.register(SandboxRecord)
class SandboxRecordAdmin(MoneyAdmin):
    """All that the sandbox remembers; an act is refused for what it does not fit."""

    kind = "sandbox_record"
    acts = (
        Act("dispute", "Dispute a capture, as its buyer", sandbox.dispute_capture),
        Act("win", "Decide a dispute for us", sandbox.win_dispute),
        Act("lose", "Decide a dispute for the buyer", sandbox.lose_dispute),
        Act("settle", "Settle a capture or payouts that are pending", sandbox.settle),
    )
    search_fields = ("=key", "=request_id")
    search_help_text = "Whole id, also as payments know it"
    list_display = ("id", "created_at", "kind", "key", "document", "due_at")
    list_filter = ("kind", "created_at")

    def has_view_permission(self, request: HttpRequest, obj: SandboxRecord | None = None) -> bool:
        return settings.PAYMENT_PROVIDER == "sandbox" and super().has_view_permission(request, obj)

    def may_act(self, request: HttpRequest) -> bool:
        return settings.PAYMENT_PROVIDER == "sandbox" and super().may_act(request)
