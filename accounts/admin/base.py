"""What all pages of the staff share: nothing is added or deleted by hand, and every act is recorded."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from accounts.actions.moderation import record_edit
from grover.core.db import atomic
from grover.core.errors import Problem
from grover.core.ids import parse_id

MOST_AT_ONCE = 100
READING = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Act:
    """Something the staff does to rows, one by one, each time with a reason."""

    name: str
    label: str
    run: Callable[[uuid.UUID, uuid.UUID, str], None]  # who does it, to which row, why


class ReasonForm(forms.Form):
    """Why the staff does something."""

    reason = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3, "cols": 60}))


class RecordedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Pages whose every edit is in the audit log; `kind` is what the log calls such a row.

    They write in our own kind of transaction, for Django's does nothing on MongoDB.
    """

    kind: ClassVar[str]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        view = self._changeform_view if request.method in READING else atomic(self._changeform_view)
        return view(request, object_id, form_url, extra_context)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        view = self._delete_view if request.method in READING else atomic(self._delete_view)
        return view(request, object_id, extra_context)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[str]:
        return list(form.changed_data)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        self._record(request, "add", obj, {"name": str(obj)})

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        self._record(request, "change", obj, {"fields": message})

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override]
        for obj in queryset:
            self._record(request, "delete", obj, {"name": str(obj)})

    def _record(self, request: HttpRequest, verb: str, obj: Any, data: dict[str, Any]) -> None:
        record_edit(
            _staff_id(request),
            action=f"{verb}_{self.kind}",
            target_kind=self.kind,
            target_id=obj.pk,
            data=data,
        )


class StaffAdmin(RecordedAdmin):
    """Pages for rows that people and their actions make: looked at, seldom edited, never added.

    An edit writes the changed fields and nothing else, so that it undoes no count that moved meanwhile.
    """

    acts: ClassVar[tuple[Act, ...]] = ()
    reason_help: ClassVar[str] = ""
    ids_searched: ClassVar[tuple[str, ...]] = ("pk",)
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    change_form_template = "admin/accounts/change_form.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        identifier = parse_id(search_term.strip())
        if identifier is not None:
            matches = [Q(**{name: identifier}) for name in self.ids_searched]
            return queryset.filter(reduce(or_, matches)), False
        return super().get_search_results(request, queryset, search_term)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        columns = {field.name for field in obj._meta.concrete_fields}
        values = {name: form.cleaned_data[name] for name in form.changed_data if name in columns}
        if "version" in columns:
            values["version"] = F("version") + 1
        type(obj)._default_manager.filter(pk=obj.pk).update(**values)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = {name: found for name, found in super().get_actions(request).items() if self.acts}
        actions.pop("delete_selected", None)
        return actions

    def _get_base_actions(self) -> list[tuple[Any, str, str]]:
        return [(self._ask_for(act), act.name, act.label) for act in self.acts]

    def _ask_for(self, act: Act) -> Callable[..., HttpResponse]:
        """Make the entry of the list's menu that leads to the page where the reason is given."""

        def ask(_: Any, __: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
            ids = ",".join(str(pk) for pk in queryset.values_list("pk", flat=True)[:MOST_AT_ONCE])
            return HttpResponseRedirect(f"{self._act_url(act)}?{urlencode({'ids': ids})}")

        return ask

    def _act_url(self, act: Act) -> str:
        meta = self.model._meta
        return reverse(f"{self.admin_site.name}:{meta.app_label}_{meta.model_name}_act", args=[act.name])

    def get_urls(self) -> list[URLPattern]:
        meta = self.model._meta
        view = self.admin_site.admin_view(self.act_view)
        name = f"{meta.app_label}_{meta.model_name}_act"
        return [path("act/<str:name>/", view, name=name), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        links = [(act.label, f"{self._act_url(act)}?{urlencode({'ids': object_id})}") for act in self.acts]
        return super().change_view(request, object_id, form_url, {"acts": links, **(extra_context or {})})

    def act_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Ask for the reason of an act, then do it to each of the rows named in `ids`."""
        act = next((one for one in self.acts if one.name == name), None)
        if act is None or not self.may_act(request):
            raise PermissionDenied
        ids = [key for raw in request.GET.get("ids", "").split(",") if (key := parse_id(raw)) is not None]
        form = ReasonForm(request.POST if request.method == "POST" else None)
        form.fields["reason"].help_text = self.reason_help
        if request.method == "POST" and form.is_valid():
            self._act_on(request, act, ids[:MOST_AT_ONCE], form.cleaned_data["reason"])
            meta = self.model._meta
            return HttpResponseRedirect(
                reverse(f"{self.admin_site.name}:{meta.app_label}_{meta.model_name}_changelist")
            )
        rows = self.get_queryset(request).filter(pk__in=ids[:MOST_AT_ONCE])
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": act.label,
            "form": form,
            "rows": rows,
        }
        return TemplateResponse(request, "admin/accounts/act.html", context)

    def may_act(self, request: HttpRequest) -> bool:
        """Tell whether this member of the staff may do what the acts of this page do."""
        meta = self.model._meta
        return request.user.has_perm(f"{meta.app_label}.change_{meta.model_name}")  # type: ignore[union-attr]

    def _act_on(self, request: HttpRequest, act: Act, ids: Sequence[uuid.UUID], reason: str) -> None:
        done = 0
        for key in ids:
            try:
                act.run(_staff_id(request), key, reason)
                done += 1
            except Problem as refusal:
                self.message_user(request, f"{key}: {refusal.detail}", messages.ERROR)
        self.message_user(request, f"{act.label}: {done} done", messages.SUCCESS)


def _staff_id(request: HttpRequest) -> uuid.UUID:
    staff_id: uuid.UUID = request.user.pk  # type: ignore[assignment]
    return staff_id
