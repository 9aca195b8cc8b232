"""Copies of everything the platform holds on one."""

from typing import Any

from django.http import FileResponse, HttpResponse, HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.actions.exports import open_export, request_export
from accounts.cards.people import ExportCard
from accounts.errors.people import ExportExpired, ExportFailed
from grover.core.schema import card_serializer, operation
from grover.core.views import ApiViewSet, JsonOnly

ZIP_TYPE = "application/zip"


class JsonOrZip(JsonOnly):
    """Answer also those who take nothing but a ZIP."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        if ZIP_TYPE in request.META.get("HTTP_ACCEPT", ""):
            return renderers[0], ZIP_TYPE
        return super().select_renderer(request, renderers, format_suffix)


class ExportsViewSet(ApiViewSet):
    """Exports of one's own data."""

    limits = {"create": "export"}
    content_negotiation_class = JsonOrZip

    @operation(
        "Ask for a copy of all one's data",
        description="A job makes it; while one is being made, that one is given again.",
        card=ExportCard,
        status=202,
    )
    def create(self, request: Request) -> HttpResponse:
        card = request_export(self.viewer)
        return self.answer(card, status=202, location=card.url)

    @extend_schema(responses={202: card_serializer(ExportCard), (200, ZIP_TYPE): bytes})
    @operation(
        "Fetch a copy of all one's data",
        description="202 while it is being made, then a ZIP with a JSON file per kind of thing, and the "
        "uploads. It is kept for a week.",
        card=ExportCard,
        status=202,
        errors=(ExportFailed, ExportExpired),
    )
    def retrieve(self, request: Request, export_id: str) -> HttpResponseBase:
        card, file = open_export(self.viewer, export_id=self.path_id(export_id))
        if file is None:
            return self.answer(card, status=202)
        name = f"grover-export-{card.created_at:%Y-%m-%d}.zip"
        response = FileResponse(file, as_attachment=True, filename=name, content_type=ZIP_TYPE)
        response["Cache-Control"] = "private, no-store"
        return response
