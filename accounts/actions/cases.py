"""The staff's queue: reports gathered into cases, and what is decided about these.

Whoever reports a thing and whoever decides about it change the row of its case first, so that one waits
for the other, or starts again.
"""

import datetime as dt
import uuid

from django.db.models import F
from django.utils import timezone

from accounts import ports
from accounts.actions.moderation import acting_staff, record_act, suspend_user
from accounts.enums import CaseState, DecisionKind, Moderation, ReportState
from accounts.errors.people import TransitionRefused
from accounts.events.people import CaseDecided
from accounts.models import Case, Decision, Report, User
from accounts.policies.moderation import TO_THE_THING, check_can_decide
from accounts.selectors.cases import find_thing
from grover.core.db import atomic
from grover.core.errors import NotFound
from grover.core.events import emit
from grover.core.jobs import enqueue_durable
from grover.core.races import LostRace, settled

MEASURES = {DecisionKind.HIDE: Moderation.HIDDEN, DecisionKind.REMOVE: Moderation.REMOVED}


def join_case(kind: str, target_id: uuid.UUID, reason: str, *, now: dt.datetime) -> bool:
    """Count one more report of a thing; tell whether its case was decided, and so is open again.

    Joins the caller's transaction, in which nobody else reports the thing or decides about it.
    """
    rows = Case.objects.filter(target_kind=kind, target_id=target_id)
    if not rows.update(report_count=F("report_count") + 1, last_reported_at=now):
        thing = find_thing(kind, target_id)
        Case.objects.create(
            target_kind=kind,
            target_id=target_id,
            owner_id=None if thing is None else thing.owner_id,
            report_count=1,
            reasons={reason: 1},
            last_reported_at=now,
        )
        return False
    case = rows.get()
    reasons = {**case.reasons, reason: case.reasons.get(reason, 0) + 1}
    rows.update(reasons=reasons, state=CaseState.OPEN)
    return case.state == CaseState.DECIDED


@settled
@atomic
def decide_case(staff_id: uuid.UUID, *, case_id: uuid.UUID, kind: DecisionKind, reason: str) -> None:
    """Decide an open case with all its reports; whom it concerns reads the reason and may appeal."""
    staff = acting_staff(staff_id)
    case = Case.objects.filter(pk=case_id).first()
    if case is None:
        raise NotFound
    thing = find_thing(case.target_kind, case.target_id)
    owner = _find_owner(case.owner_id if thing is None else thing.owner_id)
    check_can_decide(staff, kind, thing, owner)
    _close(case, kind, owner)
    decision = Decision.objects.create(
        case=case,
        owner=None if kind == DecisionKind.DISMISS else owner,
        target_kind=case.target_kind,
        target_id=case.target_id,
        kind=kind,
        reason=reason,
        decided_by=staff,
    )
    _settle_reports(case, staff, kind, reason)
    _carry_out(staff, decision)
    target = {"target_kind": case.target_kind, "target_id": str(case.target_id)}
    record_act(staff, f"{kind.value}_case", ("case", case_id), reason, target)
    emit(CaseDecided(case_id, staff.pk, kind.value))


def _find_owner(user_id: uuid.UUID | None) -> User | None:
    return None if user_id is None else User.objects.filter(pk=user_id).first()


def _close(case: Case, kind: DecisionKind, owner: User | None) -> None:
    still_open = Case.objects.filter(pk=case.pk, state=CaseState.OPEN)
    if not still_open.update(state=CaseState.DECIDED, decision=kind, decided_at=timezone.now(), owner=owner):
        raise TransitionRefused("The case is decided already")


def _settle_reports(case: Case, staff: User, kind: DecisionKind, reason: str) -> None:
    state = ReportState.DISMISSED if kind == DecisionKind.DISMISS else ReportState.ACTIONED
    reports = Report.objects.filter(target_kind=case.target_kind, target_id=case.target_id)
    reports.filter(state=ReportState.OPEN).update(
        state=state, decided_by=staff, decided_at=timezone.now(), decision_note=reason
    )


def _carry_out(staff: User, decision: Decision) -> None:
    kind = DecisionKind(decision.kind)
    if kind in TO_THE_THING:
        _moderate(decision, MEASURES[kind])
    if kind == DecisionKind.SUSPEND and decision.owner_id is not None:
        suspend_user(staff.pk, user_id=decision.owner_id, reason=decision.reason)
    if decision.owner_id is not None:
        enqueue_durable("accounts.tasks.send_decision", decision_id=decision.pk)


def _moderate(decision: Decision, moderation: Moderation) -> None:
    """Do to the thing of a decision what was decided; LostRace when it went meanwhile."""
    answers = ports.moderate_reported.call(decision.target_kind, decision.target_id, moderation)
    if not any(answers):
        raise LostRace
