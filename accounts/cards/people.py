"""People as others see them."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSummary:
    """A person inside other things: always these fields."""

    id: uuid.UUID
    username: str
    display_name: str
    avatar_url: str | None
    is_verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An active person as the apps above need them; never sent to clients."""

    summary: UserSummary
    is_private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What a viewer and another person are to each other; all false for strangers."""

    following: bool = False
    requested: bool = False
    followed_by: bool = False
    blocking: bool = False
    blocked_by: bool = False
    muting: bool = False
    muted_by: bool = False

    @property
    def is_blocked(self) -> bool:
        """Tell whether a block stands between the two, whoever set it."""
        return self.blocking or self.blocked_by

    @property
    def is_unwanted(self) -> bool:
        """Tell whether the viewer wants to meet nothing of the other one, or must not."""
        return self.is_blocked or self.muting

    @property
    def is_unheard(self) -> bool:
        """Tell whether the other one is told of nothing that the viewer does."""
        return self.is_blocked or self.muted_by


STRANGERS = Relation()


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationCard:
    """What the viewer and another person are to each other, as the viewer may know it."""

    following: bool
    requested: bool
    followed_by: bool
    blocking: bool
    muting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCard:
    """A person in a list of people."""

    user: UserSummary
    relation: RelationCard


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileCounts:
    """What is counted of a person."""

    followers: int
    following: int
    posts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileCard:
    """A person as others see them."""

    id: uuid.UUID
    username: str
    display_name: str
    avatar_url: str | None
    is_verified: bool
    cover_url: str | None
    bio: str
    website: str
    location: str
    is_private: bool
    created_at: dt.datetime
    counts: ProfileCounts
    relation: RelationCard


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnProfileCard:
    """A person as they see themselves."""

    id: uuid.UUID
    username: str
    display_name: str
    avatar_id: uuid.UUID | None
    avatar_url: str | None
    is_verified: bool
    cover_id: uuid.UUID | None
    cover_url: str | None
    bio: str
    website: str
    location: str
    email: str
    is_email_verified: bool
    birth_date: dt.date | None
    is_private: bool
    is_staff: bool
    has_two_factor: bool
    created_at: dt.datetime
    counts: ProfileCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowRequestCard:
    """Somebody who asks to follow a private account."""

    id: uuid.UUID
    user: UserSummary
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsCard:
    """How a person wants things; `notifications` maps each kind to its channels."""

    is_private: bool
    who_may_message: Literal["everyone", "followers", "nobody"]
    who_may_mention: Literal["everyone", "followers", "nobody"]
    notifications: dict[str, dict[str, bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionCard:
    """An account that is hidden and will be erased, unless its owner signs in before."""

    state: Literal["deactivated"]
    erased_after: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportCard:
    """A copy of everything the platform holds on a person; `url` gives the ZIP once it is ready."""

    id: uuid.UUID
    state: Literal["pending", "ready", "failed", "expired"]
    size: int
    url: str
    created_at: dt.datetime
    expires_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTarget:
    """The thing that was reported."""

    kind: str
    id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCard:
    """A report as its author sees it."""

    id: uuid.UUID
    target: ReportTarget
    reason: str
    note: str
    state: Literal["open", "actioned", "dismissed"]
    created_at: dt.datetime
