"""What a purpose may do as its payment changes."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from payments.models import Payment

Step = Callable[[Payment, dt.datetime], None]


def nothing(payment: Payment, now: dt.datetime) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What happens when money has come, when it will not come, and when all of it was given back."""

    paid: Step = nothing
    unpaid: Step = nothing
    returned: Step = nothing
