"""What the staff does to accounts and reports; each act is in the audit log with its reason."""

import uuid
from typing import Any

from django.utils import timezone

from accounts import ports
from accounts.actions.sessions import end_all_sessions, end_session
from accounts.enums import AccountStatus, ReportState
from accounts.errors.people import TransitionRefused
from accounts.events.people import ReportDecided, UserSuspended, UserUnsuspended
from accounts.models import Report, Session, User
from accounts.policies.moderation import check_can_moderate, check_is_staff
from grover.core import audit
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.errors import NotFound
from grover.core.events import emit


@atomic
def suspend_user(staff_id: uuid.UUID, *, user_id: uuid.UUID, reason: str) -> None:
    """Suspend an active person: their sessions end and all that is theirs is hidden, at once."""
    staff = _staff(staff_id)
    _change_status(staff, user_id, AccountStatus.ACTIVE, AccountStatus.SUSPENDED, suspension_reason=reason)
    end_all_sessions(user_id, reason="suspended")
    _record(staff, "suspend_user", ("user", user_id), reason)
    emit(UserSuspended(user_id, staff.pk))


@atomic
def unsuspend_user(staff_id: uuid.UUID, *, user_id: uuid.UUID, reason: str) -> None:
    """Let a suspended person back in, and show all that is theirs again."""
    staff = _staff(staff_id)
    _change_status(staff, user_id, AccountStatus.SUSPENDED, AccountStatus.ACTIVE, suspension_reason="")
    _record(staff, "unsuspend_user", ("user", user_id), reason)
    emit(UserUnsuspended(user_id, staff.pk))


@atomic
def end_session_of_user(staff_id: uuid.UUID, *, session_id: uuid.UUID, reason: str) -> None:
    """End one session of somebody."""
    staff = _staff(staff_id)
    user_id = Session.objects.filter(pk=session_id).values_list("user_id", flat=True).first()
    if user_id is None:
        raise NotFound
    if not end_session(user_id, session_id, reason="staff"):
        raise TransitionRefused("The session has ended already")
    _record(staff, "end_session", ("session", session_id), reason, {"user_id": str(user_id)})


def resolve_report(staff_id: uuid.UUID, *, report_id: uuid.UUID, reason: str) -> None:
    """Close an open report after something was done about it."""
    _decide(staff_id, report_id, ReportState.ACTIONED, "resolve_report", reason)


def dismiss_report(staff_id: uuid.UUID, *, report_id: uuid.UUID, reason: str) -> None:
    """Close an open report because nothing needs doing."""
    _decide(staff_id, report_id, ReportState.DISMISSED, "dismiss_report", reason)


@atomic
def appoint_staff(username: str, *, is_staff: bool, is_superuser: bool) -> None:
    """Let an active person in to the pages of staff or out again, by whoever runs the server."""
    person = User.objects.filter(username=username, status=AccountStatus.ACTIVE).first()
    if person is None:
        raise NotFound
    User.objects.filter(pk=person.pk).update(is_staff=is_staff, is_superuser=is_superuser)
    audit.record(
        actor_id=None,
        actor_label="system",
        action="appoint_staff",
        target_kind="user",
        target_id=person.pk,
        data={"is_staff": is_staff, "is_superuser": is_superuser},
    )


@atomic
def record_edit(
    staff_id: uuid.UUID,
    *,
    action: str,
    target_kind: str,
    target_id: uuid.UUID | str,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Write into the audit log what a member of the staff did by a form of the admin."""
    _record(_staff(staff_id), action, (target_kind, target_id), reason, data)
    if target_kind == "user":
        bump(f"user:{target_id}")


@atomic
def _decide(staff_id: uuid.UUID, report_id: uuid.UUID, state: ReportState, action: str, reason: str) -> None:
    staff = _staff(staff_id)
    decided = Report.objects.filter(pk=report_id, state=ReportState.OPEN).update(
        state=state, decided_by=staff, decided_at=timezone.now(), decision_note=reason
    )
    if not decided:
        if not Report.objects.filter(pk=report_id).exists():
            raise NotFound
        raise TransitionRefused("The report is closed already")
    _record(staff, action, ("report", report_id), reason)
    emit(ReportDecided(report_id, staff.pk, state.value))


def _change_status(
    staff: User, user_id: uuid.UUID, before: AccountStatus, after: AccountStatus, **values: Any
) -> None:
    target = User.objects.filter(pk=user_id).first()
    if target is None:
        raise NotFound
    check_can_moderate(staff, target)
    if not User.objects.filter(pk=user_id, status=before).update(status=after, **values):
        raise TransitionRefused(f"The account is not {before.label.lower()}")
    ports.audience_changed.call(user_id)
    bump(f"user:{user_id}", f"relations:{user_id}")


def _staff(staff_id: uuid.UUID) -> User:
    return check_is_staff(User.objects.filter(pk=staff_id).first())


def _record(
    staff: User,
    action: str,
    target: tuple[str, uuid.UUID | str],
    reason: str,
    data: dict[str, Any] | None = None,
) -> None:
    kind, target_id = target
    audit.record(
        actor_id=staff.pk,
        actor_label=f"@{staff.username}",
        action=action,
        target_kind=kind,
        target_id=target_id,
        reason=reason,
        data=data,
    )
