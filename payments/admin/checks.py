"""The staff's pages of what was found wrong, and of money moved by hand."""

import json
import uuid

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from accounts.admin.base import Act
from grover.core.errors import Problem
from payments.actions.corrections import approve_correction, propose_correction, reject_correction
from payments.admin.base import MoneyAdmin
from payments.models import Correction, MoneyCheck


@admin.register(MoneyCheck)
class MoneyCheckAdmin(MoneyAdmin):
    """What was found each time that all money was looked at."""

    kind = "money_check"
    list_display = ("id", "created_at", "kind", "fault_count")
    list_filter = ("kind", "created_at")
    fields = readonly_fields = ("created_at", "kind", "fault_count", "what")

    @admin.display(description="Faults")
    def what(self, check: MoneyCheck) -> str:
        return format_html("<pre>{}</pre>", json.dumps(check.faults, indent=2))


def _approve(staff_id: uuid.UUID, correction_id: uuid.UUID, reason: str) -> None:
    approve_correction(staff_id, correction_id=correction_id, reason=reason)


def _reject(staff_id: uuid.UUID, correction_id: uuid.UUID, reason: str) -> None:
    reject_correction(staff_id, correction_id=correction_id, reason=reason)


class CorrectionForm(forms.ModelForm):
    """From which account to which, how much, and why."""

    class Meta:
        model = Correction
        fields = ("from_owner_id", "from_kind", "to_owner_id", "to_kind", "amount", "currency", "reason")
        help_texts = {
            "from_owner_id": "Whose account; empty for the platform's",
            "to_owner_id": "Whose account; empty for the platform's",
            "amount": "In minor units",
        }


@admin.register(Correction)
class CorrectionAdmin(MoneyAdmin):
    """Money moved by hand: by one person up to a limit, by two above it."""

    kind = "correction"
    form = CorrectionForm
    acts = (Act("approve", "Approve", _approve), Act("reject", "Reject", _reject))
    ids_searched = ("pk", "author_id", "from_owner_id", "to_owner_id")
    list_display = (
        "id",
        "created_at",
        "state",
        "from_owner_id",
        "from_kind",
        "to_owner_id",
        "to_kind",
        "amount",
        "currency",
        "reason",
        "author_id",
        "decided_by_id",
    )
    list_filter = ("state", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.add_correction")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: object = None,
    ) -> HttpResponse:
        if object_id is not None or request.method != "POST" or not self.has_add_permission(request):
            return super().changeform_view(request, object_id, form_url, extra_context)
        form = CorrectionForm(request.POST)
        if not form.is_valid():
            return super().changeform_view(request, object_id, form_url, extra_context)
        self._propose(request, form.instance)
        return HttpResponseRedirect(reverse("admin:payments_correction_changelist"))

    def _propose(self, request: HttpRequest, correction: Correction) -> None:
        correction.author_id = request.user.pk
        try:
            is_done = propose_correction(correction)
        except Problem as refusal:
            self.message_user(request, refusal.detail, messages.ERROR)
            return
        text = "The money was moved" if is_done else "It waits for a second person"
        self.message_user(request, text, messages.SUCCESS)
