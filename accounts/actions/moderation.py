"""What the staff does to accounts; each act is in the audit log with its reason."""

import uuid
from typing import Any

from django.contrib.auth.models import Group, Permission

from accounts import ports
from accounts.actions.sessions import end_all_sessions, end_session
from accounts.enums import AccountStatus
from accounts.errors.people import TransitionRefused
from accounts.events.people import UserSuspended, UserUnsuspended
from accounts.models import Session, User
from accounts.policies.moderation import check_can_moderate, check_is_staff
from grover.core import audit
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.errors import NotFound
from grover.core.events import emit

MODERATORS = "Moderators"
OF_MODERATORS = ("view_case", "change_case", "view_decision", "change_decision")


@atomic
def suspend_user(staff_id: uuid.UUID, *, user_id: uuid.UUID, reason: str) -> None:
    """Suspend an active person: their sessions end and all that is theirs is hidden, at once."""
    staff = acting_staff(staff_id)
    _change_status(staff, user_id, AccountStatus.ACTIVE, AccountStatus.SUSPENDED, suspension_reason=reason)
    end_all_sessions(user_id, reason="suspended")
    record_act(staff, "suspend_user", ("user", user_id), reason)
    emit(UserSuspended(user_id, staff.pk))


@atomic
def unsuspend_user(staff_id: uuid.UUID, *, user_id: uuid.UUID, reason: str) -> None:
    """Let a suspended person back in, and show all that is theirs again."""
    staff = acting_staff(staff_id)
    _change_status(staff, user_id, AccountStatus.SUSPENDED, AccountStatus.ACTIVE, suspension_reason="")
    record_act(staff, "unsuspend_user", ("user", user_id), reason)
    emit(UserUnsuspended(user_id, staff.pk))


@atomic
def end_session_of_user(staff_id: uuid.UUID, *, session_id: uuid.UUID, reason: str) -> None:
    """End one session of somebody."""
    staff = acting_staff(staff_id)
    user_id = Session.objects.filter(pk=session_id).values_list("user_id", flat=True).first()
    if user_id is None:
        raise NotFound
    if not end_session(user_id, session_id, reason="staff"):
        raise TransitionRefused("The session has ended already")
    record_act(staff, "end_session", ("session", session_id), reason, {"user_id": str(user_id)})


@atomic
def appoint_staff(
    username: str, *, is_staff: bool, is_superuser: bool = False, is_moderator: bool = False
) -> None:
    """Let an active person in to the pages of staff or out again, by whoever runs the server.

    A moderator decides what was reported, and sees nothing else.
    """
    person = User.objects.filter(username=username, status=AccountStatus.ACTIVE).first()
    if person is None:
        raise NotFound
    User.objects.filter(pk=person.pk).update(is_staff=is_staff, is_superuser=is_superuser)
    if is_moderator:
        person.groups.add(_moderators())
    audit.record(
        actor_id=None,
        actor_label="system",
        action="appoint_staff",
        target_kind="user",
        target_id=person.pk,
        data={"is_staff": is_staff, "is_superuser": is_superuser, "is_moderator": is_moderator},
    )


def _moderators() -> Group:
    """Find the group of moderators, which is made with its permissions when it is first needed."""
    group = Group.objects.filter(name=MODERATORS).first()
    if group is None:
        group = Group.objects.create(name=MODERATORS)
        group.permissions.add(
            *Permission.objects.filter(content_type__app_label="accounts", codename__in=OF_MODERATORS)
        )
    return group


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
    record_act(acting_staff(staff_id), action, (target_kind, target_id), reason, data)
    if target_kind == "user":
        bump(f"user:{target_id}")


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


def acting_staff(staff_id: uuid.UUID) -> User:
    """Read who acts; StaffOnly when they are not of the staff."""
    return check_is_staff(User.objects.filter(pk=staff_id).first())


def record_act(
    staff: User,
    action: str,
    target: tuple[str, uuid.UUID | str],
    reason: str,
    data: dict[str, Any] | None = None,
) -> None:
    """Write into the audit log what somebody of the staff did, to which kind of thing and id, and why."""
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
