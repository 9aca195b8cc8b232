"""What the pages of money share: they are looked at, never edited, and can be taken away as a table."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from accounts.admin.base import StaffAdmin
from grover.core.csv_files import Cell, csv_lines

MOST_EXPORTED = 100_000


class MoneyAdmin(StaffAdmin):
    """Pages on which nothing can be changed, but by acts."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions["export_csv"] = (type(self).export_csv, "export_csv", "Export as CSV")
        return actions

    @admin.action(description="Export as CSV")
    def export_csv(self, request: HttpRequest, queryset: QuerySet[Any]) -> StreamingHttpResponse:
        """Hand the chosen rows out as a table of all their fields."""
        names = [field.attname for field in self.model._meta.concrete_fields]
        lines = csv_lines(names, _rows(queryset[:MOST_EXPORTED], names))
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{self.model._meta.model_name}.csv"'
        return answer


def _rows(queryset: QuerySet[Any], names: list[str]) -> Iterator[list[Cell]]:
    for row in queryset.values_list(*names):
        yield [cell if isinstance(cell, int) or cell is None else str(cell) for cell in row]
