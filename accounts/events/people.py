"""What people did to each other and to their accounts."""

import uuid
from dataclasses import dataclass

from grover.core.events import Event


@dataclass(frozen=True, slots=True)
class ProfileChanged(Event):
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class SettingsChanged(Event):
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class UserFollowed(Event):
    follower_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class UserUnfollowed(Event):
    follower_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class FollowRequested(Event):
    follower_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class FollowAccepted(Event):
    follower_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class FollowRejected(Event):
    follower_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class UserBlocked(Event):
    blocker_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class UserUnblocked(Event):
    blocker_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class UserSuspended(Event):
    user_id: uuid.UUID
    staff_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class UserUnsuspended(Event):
    user_id: uuid.UUID
    staff_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class AccountDeactivated(Event):
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class AccountReactivated(Event):
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class AccountErased(Event):
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class ExportRequested(Event):
    user_id: uuid.UUID
    export_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class ExportFinished(Event):
    export_id: uuid.UUID
    state: str


@dataclass(frozen=True, slots=True)
class ReportFiled(Event):
    report_id: uuid.UUID
    target_kind: str


@dataclass(frozen=True, slots=True)
class CaseDecided(Event):
    case_id: uuid.UUID
    staff_id: uuid.UUID
    decision: str


@dataclass(frozen=True, slots=True)
class DecisionAppealed(Event):
    decision_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class AppealDecided(Event):
    decision_id: uuid.UUID
    staff_id: uuid.UUID
    state: str
