"""The months that a subscription is paid for, counted from its first charge."""

import calendar
import datetime as dt
from collections.abc import Sequence

EARLY = dt.timedelta(days=1)
"""How much earlier than a month is over a provider may charge for the next one."""


def months_later(moment: dt.datetime, months: int) -> dt.datetime:
    """Give the same day and time of a later month, or the last day of a month that is too short."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)


def period_ends(charged: Sequence[dt.datetime]) -> list[dt.datetime]:
    """Tell, for charges in their order, until when each is paid for.

    All is counted from the first charge, so that a short month does not make later ones shorter. Every
    charge buys a month: one that came late buys the month in which it came, one too many the next.
    """
    ends: list[dt.datetime] = []
    count = 0
    for moment in charged:
        count = max(count, _months_begun(charged[0], moment)) + 1
        ends.append(months_later(charged[0], count))
    return ends


def _months_begun(first: dt.datetime, moment: dt.datetime) -> int:
    """Count the whole months from a first charge to another one, which may be a little early."""
    latest = moment + EARLY
    months = (latest.year - first.year) * 12 + latest.month - first.month
    return max(0, months if months_later(first, months) <= latest else months - 1)
