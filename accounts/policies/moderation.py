"""What the staff may do, and to whom; and how long people may appeal."""

import datetime as dt

from accounts.cards.moderation import ReportedThing
from accounts.enums import AppealState, DecisionKind
from accounts.errors.people import (
    AppealedAlready,
    AppealTooLate,
    OwnAccount,
    OwnDecision,
    StaffOnly,
    StaffProtected,
    TransitionRefused,
)
from accounts.models import Decision, User

APPEAL_TIME = dt.timedelta(days=14)
TO_THE_THING = frozenset({DecisionKind.HIDE, DecisionKind.REMOVE})
TO_ITS_OWNER = frozenset({DecisionKind.WARN, DecisionKind.SUSPEND})


def check_is_staff(staff: User | None) -> User:
    """Give the member of the staff; refuse everybody else."""
    if staff is None or not staff.is_active or not staff.is_staff:
        raise StaffOnly
    return staff


def check_can_moderate(staff: User, target: User) -> None:
    """Refuse what a member of the staff may not do to this person: themself, or a colleague."""
    if staff.pk == target.pk:
        raise OwnAccount
    if target.is_staff and not staff.is_superuser:
        raise StaffProtected


def check_can_decide(
    staff: User, kind: DecisionKind, thing: ReportedThing | None, owner: User | None
) -> None:
    """Refuse a decision that is not this member's to make, or that the thing does not allow."""
    if owner is not None:
        check_can_moderate(staff, owner)
    if kind in TO_ITS_OWNER and owner is None:
        raise TransitionRefused("Whose it was is not known any more")
    if kind not in TO_THE_THING:
        return
    if thing is None:
        raise TransitionRefused("The thing is gone")
    if kind not in thing.measures:
        raise TransitionRefused(f"This cannot be done to such a thing: {kind.label.lower()}")


def check_can_appeal(decision: Decision, now: dt.datetime) -> None:
    """Refuse a second appeal, and one that comes too late."""
    if decision.appeal_state != AppealState.NONE:
        raise AppealedAlready
    if now >= decision.created_at + APPEAL_TIME or decision.erased_at is not None:
        raise AppealTooLate


def check_can_answer(staff: User, decision: Decision, *, is_alone: bool) -> None:
    """Refuse to answer an appeal against one's own decision, unless there is nobody else on the staff."""
    if staff.pk == decision.decided_by_id and not is_alone:
        raise OwnDecision
    if decision.owner is not None:
        check_can_moderate(staff, decision.owner)
