"""How calls go."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import ClassVar, Literal

from grover.core.events import Event
from messaging.cards.calls import CallCard


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRinging(Event):
    """Somebody calls; the card has no access, which is given by answering."""

    audience: ClassVar[str] = "the two people"
    unlogged: ClassVar[frozenset[str]] = frozenset({"call"})

    call_id: uuid.UUID
    call: CallCard


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnswered(Event):
    """Who is called answered, on one of their devices."""

    audience: ClassVar[str] = "the two people"

    call_id: uuid.UUID
    answered_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDeclined(Event):
    """Who is called declined."""

    audience: ClassVar[str] = "the two people"

    call_id: uuid.UUID
    ended_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(Event):
    """A call is over: one of the two ended it or vanished, or nobody answered, and it was missed."""

    audience: ClassVar[str] = "the two people"

    call_id: uuid.UUID
    state: Literal["ended", "missed"]
    ended_at: dt.datetime
