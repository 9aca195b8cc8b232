"""Telling the staff of what seems to break the rules."""

import uuid

from django.utils import timezone

from accounts import ports
from accounts.actions.cases import join_case
from accounts.cards.people import ReportCard
from accounts.events.people import ReportFiled
from accounts.models import Report
from accounts.policies.relations import check_is_other
from accounts.selectors.cases import USER
from accounts.selectors.people import get_person
from accounts.selectors.relations import relation_to
from accounts.selectors.reports import find_report, get_report
from grover.core.db import atomic
from grover.core.errors import Invalid, NotFound
from grover.core.events import emit
from grover.core.races import settled, turn
from grover.core.viewers import Viewer


@settled
def file_report(
    actor: Viewer, *, kind: str, target_id: uuid.UUID, reason: str, note: str
) -> tuple[ReportCard, bool]:
    """Put a thing the actor sees into the staff's queue; give the report and whether it is new.

    A thing reported before gives the first report again, as it was written. One that the staff decided
    about is in the queue again.
    """
    _check_target(actor, kind, target_id)
    known = find_report(actor, kind, target_id)
    if known is not None:
        return known, False
    with turn(target_id):
        return _file(actor, kind, target_id, reason, note), True


@atomic
def _file(actor: Viewer, kind: str, target_id: uuid.UUID, reason: str, note: str) -> ReportCard:
    if join_case(kind, target_id, reason, now=timezone.now()):
        _check_target(actor, kind, target_id)  # the decision may just have removed it
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
