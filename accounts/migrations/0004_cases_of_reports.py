"""Give the reports that were there before cases were their cases."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.db import migrations

BATCH = 500


def gather_reports(apps: Any, schema_editor: Any) -> None:
    """Make a case for each thing that was reported and has none: open while one of its reports is."""
    cases = apps.get_model("accounts", "Case")
    part: list[Any] = []
    for key, rows in groupby(_reports(apps), key=lambda row: (row.target_kind, row.target_id)):
        if not cases.objects.filter(target_kind=key[0], target_id=key[1]).exists():
            part.append(_case(cases, list(rows)))
        if len(part) == BATCH:
            cases.objects.bulk_create(part)
            part = []
    cases.objects.bulk_create(part)


def _reports(apps: Any) -> Iterator[Any]:
    rows = apps.get_model("accounts", "Report").objects.order_by("target_kind", "target_id", "id")
    yield from rows.iterator(chunk_size=BATCH)


def _case(cases: Any, reports: list[Any]) -> Any:
    first, last = reports[0], reports[-1]
    is_open = any(row.state == "open" for row in reports)
    reasons: dict[str, int] = {}
    for row in reports:
        reasons[row.reason] = reasons.get(row.reason, 0) + 1
    decided = [row for row in reports if row.decided_at is not None]
    was_dismissed = bool(decided) and decided[-1].state == "dismissed"
    return cases(
        target_kind=first.target_kind,
        target_id=first.target_id,
        owner_id=first.target_id if first.target_kind == "user" else None,
        state="open" if is_open else "decided",
        report_count=len(reports),
        reasons=reasons,
        last_reported_at=last.created_at,
        decision="dismiss" if was_dismissed else "",
        decided_at=decided[-1].decided_at if decided else None,
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_cases")]
    operations = [migrations.RunPython(gather_reports, migrations.RunPython.noop)]
