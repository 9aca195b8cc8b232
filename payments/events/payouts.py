"""How payouts go."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from grover.core.events import Event
from payments.cards.payouts import PayoutStateName


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutChanged(Event):
    """A payout went on to another state."""

    audience: ClassVar[str] = "who is paid"

    payout_id: uuid.UUID
    state: PayoutStateName


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutFrozen(Event):
    """A provider said of a payout what cannot be; the staff has to look at it."""

    payout_id: uuid.UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutAccountChanged(Event):
    """Somebody is to be paid somewhere else."""

    user_id: uuid.UUID
