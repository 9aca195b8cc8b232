"""Calls as one of the two people sees them."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal

from accounts.cards.people import UserSummary

CallKindName = Literal["voice", "video"]
CallStateName = Literal["ringing", "active", "ended", "missed", "declined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAccess:
    """What one person joins a channel with; reading the call again renews it before it expires."""

    app_id: str
    channel: str
    uid: int
    token: str
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCard:
    """A call; `caller` and `callee` are null when they are gone.

    `access` is null unless one may be in it now: who calls at once, who is called from answering on.
    """

    id: uuid.UUID
    kind: CallKindName
    state: CallStateName
    caller: UserSummary | None
    callee: UserSummary | None
    rings_until: dt.datetime
    created_at: dt.datetime
    answered_at: dt.datetime | None
    ended_at: dt.datetime | None
    access: CallAccess | None
