"""What the platform holds on one person, read by what every model declares."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from accounts.cards.people import ExportCard
from accounts.models import Export
from grover.core.errors import NotFound
from grover.core.privacy import Declaration, Holds, declarations
from grover.core.viewers import Viewer

BATCH = 500

Rows = Iterator[dict[str, Any]]


def everything_on(user_id: uuid.UUID) -> Iterator[tuple[str, Rows]]:
    """Walk all models that hold something on a person: each one's label and rows, in batches."""
    for declaration in declarations(Holds.PERSONAL, Holds.FINANCIAL, Holds.SHARED):
        if declaration.exported:
            yield declaration.model._meta.label_lower, _rows_of(declaration, user_id)


def _rows_of(declaration: Declaration, user_id: uuid.UUID) -> Rows:
    rows = declaration.model._default_manager.filter(**{declaration.owner: user_id}).order_by("pk")
    fields = ["pk", *(name for name in declaration.exported if name not in ("id", "pk"))]
    part = list(rows.values(*fields)[:BATCH])
    while part:
        yield from ({"id": row.pop("pk"), **row} for row in (dict(found) for found in part))
        part = list(rows.filter(pk__gt=part[-1]["pk"]).values(*fields)[:BATCH])


def get_export(viewer: Viewer, export_id: uuid.UUID) -> ExportCard:
    """Read how far an export of the viewer's own is."""
    return card_of(find_row(viewer, export_id))


def find_running_export(viewer: Viewer) -> ExportCard | None:
    """Find the export of the viewer's that is being made."""
    row = Export.objects.filter(user_id=viewer.id, is_running=True).first()
    return None if row is None else card_of(row)


def find_row(viewer: Viewer, export_id: uuid.UUID) -> Export:
    """Read the row of an export of the viewer's own; NotFound when there is none."""
    row = Export.objects.filter(pk=export_id, user_id=viewer.id).first()
    if row is None:
        raise NotFound
    return row


def card_of(row: Export) -> ExportCard:
    """Show an export."""
    return ExportCard(
        id=row.pk,
        state=row.state,  # type: ignore[arg-type]
        size=row.size,
        url=reverse("export", args=[row.pk]),
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
