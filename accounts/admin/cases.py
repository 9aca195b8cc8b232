"""The staff's queue: each thing that was reported, in its context, and what can be decided about it."""

import uuid
from collections.abc import Callable

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join

from accounts.actions.cases import decide_case
from accounts.admin.base import Act, StaffAdmin
from accounts.enums import DecisionKind, ReportReason
from accounts.models import Case, Decision, Report
from accounts.selectors.cases import find_thing
from grover.media.cards import VARIANT_WIDTHS, variant_name

MOST_REPORTS = 100
MOST_DECISIONS = 20


def _decide(kind: DecisionKind) -> Callable[[uuid.UUID, uuid.UUID, str], None]:
    def run(staff_id: uuid.UUID, case_id: uuid.UUID, reason: str) -> None:
        decide_case(staff_id, case_id=case_id, kind=kind, reason=reason)

    return run


@admin.register(Case)
class CaseAdmin(StaffAdmin):
    """What was reported: decided with a reason, never edited.

    It shows what is needed to decide, and nothing of what people keep to themselves: no messages, no
    addresses.
    """

    kind = "case"
    acts = tuple(Act(kind.value, kind.label, _decide(kind)) for kind in DecisionKind)
    reason_help = "Whom it concerns reads this, unless the case is dismissed."
    ids_searched = ("pk", "target_id", "owner_id")
    ordering = ("-last_reported_at", "-id")
    list_display = (
        "last_reported_at",
        "state",
        "target_kind",
        "report_count",
        "reported_for",
        "owner",
        "decision",
        "decided_at",
    )
    list_filter = ("state", "target_kind", "decision", "last_reported_at")
    list_select_related = ("owner",)
    search_fields = ("=owner__username",)
    search_help_text = "Whole username of whose thing it is, id of the case, the thing or its owner"
    fields = readonly_fields = (
        "state",
        "target_kind",
        "target_id",
        "whose",
        "thing",
        "pictures",
        "report_count",
        "reported_for",
        "reports",
        "decisions",
    )

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.picture_view)
        picture = path("<uuid:case_id>/picture/<uuid:media_id>/", view, name="accounts_case_picture")
        return [picture, *super().get_urls()]

    def picture_view(self, request: HttpRequest, case_id: uuid.UUID, media_id: uuid.UUID) -> HttpResponseBase:
        """Hand out a small copy of a picture of what was reported, whoever else may see it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        case = Case.objects.filter(pk=case_id).first()
        thing = None if case is None else find_thing(case.target_kind, case.target_id)
        if thing is None or media_id not in thing.image_ids:
            raise Http404
        name = variant_name(media_id, VARIANT_WIDTHS[0])
        short_lived_url = getattr(default_storage, "short_lived_url", None)
        if short_lived_url is not None:
            return HttpResponseRedirect(short_lived_url(name))
        try:
            return FileResponse(default_storage.open(name), content_type="image/webp")
        except FileNotFoundError as error:
            raise Http404 from error

    @admin.display(description="Reasons")
    def reported_for(self, case: Case) -> str:
        """Name the reasons, the most frequent first."""
        ranked = sorted(case.reasons.items(), key=lambda item: (-item[1], item[0]))
        return ", ".join(f"{ReportReason(reason).label} {count}" for reason, count in ranked)

    @admin.display(description="Author")
    def whose(self, case: Case) -> str:
        """Lead from whose thing it is to all their cases."""
        if case.owner is None:
            return "-"
        url = reverse("admin:accounts_case_changelist")
        return format_html('<a href="{}?q={}">@{}</a>', url, case.owner_id, case.owner.username)

    @admin.display
    def thing(self, case: Case) -> str:
        """Show what was reported, and what it stands in."""
        thing = find_thing(case.target_kind, case.target_id)
        if thing is None:
            return "It is gone."
        style = "white-space:pre-wrap;max-width:50em"
        return format_html('<div style="{}">{}</div><p class="help">{}</p>', style, thing.text, thing.context)

    @admin.display
    def pictures(self, case: Case) -> str:
        """Show small copies of its pictures."""
        thing = find_thing(case.target_kind, case.target_id)
        urls = [] if thing is None else [self._picture_url(case, key) for key in thing.image_ids]
        return format_html_join(" ", '<img src="{}" alt="" height="150">', ((url,) for url in urls)) or "-"

    def _picture_url(self, case: Case, media_id: uuid.UUID) -> str:
        return reverse("admin:accounts_case_picture", args=[case.pk, media_id])

    @admin.display
    def reports(self, case: Case) -> str:
        """List the last reports with their notes."""
        rows = Report.objects.filter(target_kind=case.target_kind, target_id=case.target_id)
        found = rows.select_related("reporter").order_by("-id")[:MOST_REPORTS]
        return format_html_join(
            "",
            "<p>{} · {} · {} · {}<br>{}</p>",
            (
                (
                    f"{row.created_at:%Y-%m-%d %H:%M}",
                    row.get_reason_display(),
                    row.get_state_display(),
                    "somebody who left" if row.reporter is None else f"@{row.reporter.username}",
                    row.note,
                )
                for row in found
            ),
        )

    @admin.display(description="Decisions about it and its author")
    def decisions(self, case: Case) -> str:
        """List the last decisions about the thing, and those that concerned whose it is."""
        about = Q(case=case) if case.owner_id is None else Q(case=case) | Q(owner=case.owner_id)
        found = Decision.objects.filter(about).order_by("-id")[:MOST_DECISIONS]
        url = reverse("admin:accounts_decision_changelist")
        return (
            format_html_join(
                "",
                '<p>{} · <a href="{}{}/change/">{}</a> · appeal: {}<br>{}</p>',
                (
                    (
                        f"{row.created_at:%Y-%m-%d %H:%M}",
                        url,
                        row.pk,
                        row,
                        row.get_appeal_state_display(),
                        row.reason,
                    )
                    for row in found
                ),
            )
            or "-"
        )
