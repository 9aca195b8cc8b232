"""Reports, as those who wrote them see them."""

import uuid

from accounts.cards.people import ReportCard, ReportTarget
from accounts.models import Report
from grover.core.errors import NotFound
from grover.core.viewers import Viewer


def get_report(viewer: Viewer, report_id: uuid.UUID) -> ReportCard:
    """Read a report the viewer wrote."""
    row = Report.objects.filter(pk=report_id, reporter_id=viewer.id).first()
    if row is None:
        raise NotFound
    return _card(row)


def find_report(viewer: Viewer, kind: str, target_id: uuid.UUID) -> ReportCard | None:
    """Find the report the viewer wrote of a thing."""
    row = Report.objects.filter(reporter_id=viewer.id, target_kind=kind, target_id=target_id).first()
    return None if row is None else _card(row)


def _card(row: Report) -> ReportCard:
    return ReportCard(
        id=row.pk,
        target=ReportTarget(kind=row.target_kind, id=row.target_id),
        reason=row.reason,
        note=row.note,
        state=row.state,  # type: ignore[arg-type]
        created_at=row.created_at,
    )
