"""Appeals against decisions of the staff, and the end of what nobody appealed in time."""

import datetime as dt
import uuid

from django.utils import timezone

from accounts import ports
from accounts.actions.moderation import acting_staff, record_act, unsuspend_user
from accounts.cards.moderation import DecisionCard
from accounts.enums import AccountStatus, AppealState, DecisionKind, Moderation
from accounts.errors.people import AppealedAlready, TransitionRefused
from accounts.events.people import AppealDecided, DecisionAppealed
from accounts.models import Decision, User
from accounts.policies.moderation import APPEAL_TIME, TO_THE_THING, check_can_answer, check_can_appeal
from accounts.selectors.decisions import decision_card, own_decision
from grover.core.db import atomic
from grover.core.errors import NotFound
from grover.core.events import emit
from grover.core.jobs import enqueue_durable
from grover.core.races import settled
from grover.core.viewers import Viewer

ERASED_AT_ONCE = 500


@atomic
def appeal_decision(
    actor: Viewer, *, decision_id: uuid.UUID, text: str, now: dt.datetime | None = None
) -> DecisionCard:
    """Appeal a decision that concerns the actor, once and within two weeks."""
    moment = now or timezone.now()
    row = own_decision(actor, decision_id)
    check_can_appeal(row, moment)
    unappealed = Decision.objects.filter(pk=decision_id, appeal_state=AppealState.NONE, erased_at=None)
    if not unappealed.update(appeal_state=AppealState.PENDING, appeal_text=text, appealed_at=moment):
        raise AppealedAlready
    emit(DecisionAppealed(decision_id, actor.id))
    return decision_card(own_decision(actor, decision_id))


@settled
@atomic
def grant_appeal(staff_id: uuid.UUID, *, decision_id: uuid.UUID, reason: str) -> None:
    """Take a decision back: what it hid or removed is shown again, whom it suspended may sign in."""
    row = _answer(staff_id, decision_id, AppealState.GRANTED, reason)
    if row.kind in TO_THE_THING:
        ports.moderate_reported.call(row.target_kind, row.target_id, _what_stands(row.case_id))
    if row.kind == DecisionKind.SUSPEND and row.owner and row.owner.status == AccountStatus.SUSPENDED:
        unsuspend_user(staff_id, user_id=row.owner.pk, reason=reason)


@atomic
def reject_appeal(staff_id: uuid.UUID, *, decision_id: uuid.UUID, reason: str) -> None:
    """Let a decision stand."""
    _answer(staff_id, decision_id, AppealState.REJECTED, reason)


def _answer(staff_id: uuid.UUID, decision_id: uuid.UUID, state: AppealState, reason: str) -> Decision:
    staff = acting_staff(staff_id)
    row = Decision.objects.select_related("owner").filter(pk=decision_id).first()
    if row is None:
        raise NotFound
    check_can_answer(staff, row, is_alone=_is_alone(staff))
    pending = Decision.objects.filter(pk=decision_id, appeal_state=AppealState.PENDING)
    if not pending.update(appeal_state=state, reply=reason, answered_by=staff, answered_at=timezone.now()):
        raise TransitionRefused("There is no appeal that waits for an answer")
    verb = "grant" if state == AppealState.GRANTED else "reject"
    record_act(staff, f"{verb}_appeal", ("decision", decision_id), reason)
    enqueue_durable("accounts.tasks.send_appeal_answer", decision_id=decision_id)
    emit(AppealDecided(decision_id, staff.pk, state.value))
    return row


def _is_alone(staff: User) -> bool:
    others = User.objects.filter(is_staff=True, status=AccountStatus.ACTIVE).exclude(pk=staff.pk)
    return not others.exists()


def _what_stands(case_id: uuid.UUID) -> Moderation:
    """Tell what becomes of a thing by all decisions about it that were not taken back."""
    rows = Decision.objects.filter(case_id=case_id, kind__in=list(TO_THE_THING))
    kinds = set(rows.exclude(appeal_state=AppealState.GRANTED).values_list("kind", flat=True))
    if DecisionKind.REMOVE in kinds:
        return Moderation.REMOVED
    return Moderation.HIDDEN if DecisionKind.HIDE in kinds else Moderation.VISIBLE


def give_up_removed(now: dt.datetime) -> int:
    """Erase in jobs what was removed two weeks ago and no appeal waits for; give how many things."""
    due = Decision.objects.filter(
        kind=DecisionKind.REMOVE, erased_at=None, created_at__lte=now - APPEAL_TIME
    ).exclude(appeal_state__in=[AppealState.PENDING, AppealState.GRANTED])
    return sum(_give_up(key, now) for key in list(due.values_list("pk", flat=True)[:ERASED_AT_ONCE]))


@atomic
def _give_up(decision_id: uuid.UUID, now: dt.datetime) -> bool:
    """Pass the point of no return, unless somebody appealed just now."""
    settled_states = [AppealState.NONE, AppealState.REJECTED]
    rows = Decision.objects.filter(pk=decision_id, erased_at=None, appeal_state__in=settled_states)
    if not rows.update(erased_at=now):
        return False
    enqueue_durable("accounts.tasks.erase_removed", decision_id=decision_id)
    return True


def erase_removed(decision_id: uuid.UUID) -> None:
    """Erase the thing of a decision for good, by the app it belongs to."""
    row = Decision.objects.filter(pk=decision_id, erased_at__isnull=False).first()
    if row is not None:
        ports.erase_removed.call(row.target_kind, row.target_id)
