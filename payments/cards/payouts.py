"""Payouts as who is paid sees them."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal

from payments.cards.money import Money

PayoutStateName = Literal["requested", "sent", "settled", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutAccountCard:
    """Where somebody is paid; nothing is paid there before `usable_at`."""

    receiver: str
    usable_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutCard:
    """Money that is paid out; `receiver` is a hint of where, `reason` says why it failed.

    What is frozen is being looked at by the staff.
    """

    id: uuid.UUID
    amount: Money
    receiver: str
    state: PayoutStateName
    is_frozen: bool
    reason: str
    created_at: dt.datetime
    over_at: dt.datetime | None
