"""What a creator earned."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from payments.cards.money import Money

SourceName = Literal["tip", "post", "order", "subscription", "gift"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningCard:
    """What came of one source: `net` is `gross` without `refunds` and `fees`.

    `fees` are the platform's, without what was given back of them; `refunds` is what buyers got back, and
    what they dispute or won.
    """

    source: SourceName
    gross: Money
    refunds: Money
    fees: Money
    net: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCard:
    """What came of one source on one day, in UTC."""

    day: dt.date
    source: SourceName
    gross: Money
    refunds: Money
    fees: Money
    net: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningsCard:
    """What a creator earned from a day to another one, both of them included.

    A day or source on which nothing happened is left out.
    """

    first_day: dt.date
    last_day: dt.date
    sources: list[EarningCard]
    days: list[DayCard]
