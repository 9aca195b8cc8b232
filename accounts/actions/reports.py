"""Telling the staff of what seems to break the rules."""

import uuid

from django.db import IntegrityError

from accounts import ports
from accounts.cards.people import ReportCard
from accounts.events.people import ReportFiled
from accounts.models import Report
from accounts.policies.relations import check_is_other
from accounts.selectors.people import get_person
from accounts.selectors.relations import relation_to
from accounts.selectors.reports import find_report, get_report
from grover.core.db import atomic
from grover.core.errors import Invalid, NotFound
from grover.core.events import emit
from grover.core.viewers import Viewer

USER = "user"


def file_report(
    actor: Viewer, *, kind: str, target_id: uuid.UUID, reason: str, note: str
) -> tuple[ReportCard, bool]:
    """Put a thing the actor sees into the staff's queue; give the report and whether it is new.

    A thing reported before gives the first report again, as it was written.
    """
    _check_target(actor, kind, target_id)
    known = find_report(actor, kind, target_id)
    if known is not None:
        return known, False
    try:
        return _file(actor, kind, target_id, reason, note), True
    except IntegrityError:
        known = find_report(actor, kind, target_id)
        if known is None:
            raise
        return known, False


@atomic
def _file(actor: Viewer, kind: str, target_id: uuid.UUID, reason: str, note: str) -> ReportCard:
    row = Report.objects.create(
        reporter_id=actor.id, target_kind=kind, target_id=target_id, reason=reason, note=note
    )
    emit(ReportFiled(row.pk, kind))
    return get_report(actor, row.pk)


def _check_target(actor: Viewer, kind: str, target_id: uuid.UUID) -> None:
    """Refuse a kind nobody knows, and a thing the actor does not see."""
    if kind == USER:
        check_is_other(actor, target_id)
        get_person(target_id)
        if relation_to(actor, target_id).blocked_by:  # one's own block must not shield the other
            raise NotFound
        return
    answers = [answer for answer in ports.find_reportable.call(kind, target_id, actor) if answer is not None]
    if not answers:
        raise Invalid.at("/target/kind", "unknown", "There is no such kind of thing to report")
    if not any(answers):
        raise NotFound
