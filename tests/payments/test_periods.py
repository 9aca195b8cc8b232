"""The months of a subscription, counted from its first charge."""

import calendar
import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.policies.periods import months_later, period_ends

DAY = dt.timedelta(days=1)
SPAN = st.integers(0, 30 * 365 * 24 * 60)
FIRST = SPAN.map(lambda minutes: dt.datetime(2020, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes))


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(hour=9, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("first", "ends"),
    [
        ("2026-01-31", ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
        ("2028-01-30", ["2028-02-29", "2028-03-30", "2028-04-30", "2028-05-30"]),
        ("2028-02-29", ["2028-03-29", "2028-04-29"]),
        ("2026-11-30", ["2026-12-30", "2027-01-30", "2027-02-28", "2027-03-30"]),
        ("2026-06-15", ["2026-07-15", "2026-08-15"]),
    ],
)
def test_short_months_shorten_no_others(first: str, ends: list[str]) -> None:
    charged = [at(day) for day in [first, *ends[:-1]]]
    assert period_ends(charged) == [at(day) for day in ends]


def test_a_leap_day_comes_back_after_four_years() -> None:
    assert months_later(at("2028-02-29"), 12) == at("2029-02-28")
    assert months_later(at("2028-02-29"), 48) == at("2032-02-29")


@given(first=FIRST, months=st.integers(0, 600))
def test_a_later_month_has_the_same_day_or_its_last(first: dt.datetime, months: int) -> None:
    later = months_later(first, months)
    last = calendar.monthrange(later.year, later.month)[1]
    assert (later.year * 12 + later.month) - (first.year * 12 + first.month) == months
    assert later.day == min(first.day, last)
    assert later.time() == first.time()


@given(first=FIRST, late=st.lists(st.integers(-20, 80), max_size=30))
def test_every_charge_in_its_month_buys_that_month(first: dt.datetime, late: list[int]) -> None:
    """A provider charges some hours early or up to three days late, and nothing drifts."""
    charged = [first]
    charged += [months_later(first, n) + dt.timedelta(hours=hours) for n, hours in enumerate(late, 1)]
    assert period_ends(charged) == [months_later(first, n) for n in range(1, len(charged) + 1)]


@given(first=FIRST, gaps=st.lists(st.integers(0, 200), max_size=12))
def test_every_charge_buys_a_month_more_and_lasts(first: dt.datetime, gaps: list[int]) -> None:
    charged = [first]
    for gap in gaps:
        charged.append(charged[-1] + gap * DAY)
    ends = period_ends(charged)
    months = [end.year * 12 + end.month for end in ends]
    assert all(after > before for before, after in itertools.pairwise(months))
    assert all(end > moment for end, moment in zip(ends, charged, strict=True))
    assert [period_ends(charged[:count]) for count in range(1, len(ends) + 1)] == [
        ends[:count] for count in range(1, len(ends) + 1)
    ]


def test_after_a_month_nobody_paid_for_an_early_charge_buys_the_coming_one() -> None:
    charged = [at("2026-01-15"), at("2026-03-15") - dt.timedelta(hours=20)]
    assert period_ends(charged) == [at("2026-02-15"), at("2026-04-15")]


def test_nothing_was_paid_for_without_a_charge() -> None:
    assert period_ends([]) == []
