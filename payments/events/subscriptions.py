"""How subscriptions go."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from grover.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionChanged(Event):
    """A subscription went on to another state; its subscriber reads it at `GET /subscriptions/{id}`."""

    audience: ClassVar[str] = "who subscribes and the creator"

    subscription_id: uuid.UUID
    tier_id: uuid.UUID
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionFrozen(Event):
    """A provider said of a subscription what cannot be; the staff has to look at it."""

    subscription_id: uuid.UUID
    reason: str
