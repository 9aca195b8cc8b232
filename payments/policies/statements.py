"""Of which months there are statements."""

import datetime as dt
import re
from dataclasses import dataclass

from grover.core.errors import NotFound

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Month:
    """A month in UTC, from its first moment to that of the next."""

    start: dt.datetime
    end: dt.datetime


def month_of(text: str, *, since: dt.datetime, now: dt.datetime) -> Month:
    """Read a month as in `2026-11`; NotFound when it is malformed, to come, or was over before `since`."""
    found = _MONTH.fullmatch(text)
    if found is None:
        raise NotFound
    start = dt.datetime(int(found[1]), int(found[2]), 1, tzinfo=dt.UTC)
    end = (start + dt.timedelta(days=31)).replace(day=1)
    if start > now or end <= since:
        raise NotFound
    return Month(start, end)
