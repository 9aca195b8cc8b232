"""How payments go; each is told to the two people, and says no more than they may both know."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from grover.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentChanged(Event):
    """A payment went on to another state; `GET /payments/{id}` shows it."""

    audience: ClassVar[str] = "who pays and who is paid"

    payment_id: uuid.UUID
    purpose: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFrozen(Event):
    """A provider said of a payment what cannot be; the staff has to look at it."""

    payment_id: uuid.UUID
    reason: str
