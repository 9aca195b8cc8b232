"""What accounts tells of identity."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from grover.core.events import Event


@dataclass(frozen=True, slots=True)
class UserRegistered(Event):
    """Somebody opened an account."""

    user_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class SessionStarted(Event):
    """Somebody signed in."""

    user_id: uuid.UUID
    session_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class SessionEnded(Event):
    """A session ended before its time, for a reason."""

    audience: ClassVar[str] = "the sockets of the session"

    user_id: uuid.UUID
    session_id: uuid.UUID
    reason: str


@dataclass(frozen=True, slots=True)
class EmailVerified(Event):
    """Somebody proved that an address is theirs."""

    user_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class PasswordChanged(Event):
    """Somebody has a new password."""

    user_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class TwoFactorEnabled(Event):
    """Signing in to an account takes a code from now on."""

    user_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class TwoFactorDisabled(Event):
    """Signing in to an account takes no code any more."""

    user_id: uuid.UUID
