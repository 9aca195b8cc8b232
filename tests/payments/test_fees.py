"""The platform's part of an amount."""

import itertools
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from payments.policies.fees import WHOLE, Split, part_of, split

STEP = 1 if connection.vendor == "sqlite" else 997  # no database takes part: once is enough


@given(gross=st.integers(0, 10**12), basis_points=st.integers(0, 10_000))
def test_parts_add_up_and_the_fee_is_rounded_half_to_even(gross: int, basis_points: int) -> None:
    parts = split(gross, basis_points)
    exact = Decimal(gross) * basis_points / 10_000
    assert parts.fee + parts.rest == gross
    assert parts.fee == exact.quantize(Decimal(1), ROUND_HALF_EVEN)


@pytest.mark.parametrize("basis_points", sorted(set(settings.FEES.values())))
def test_every_amount_at_every_rate(basis_points: int) -> None:
    """The fee is what half-even rounding is defined to be, at each amount up to 100,000 dollars.

    With twice the remainder r = 2 (gross x rate - fee x 10,000), the fee is the nearest one when
    |r| <= 10,000, and of two nearest the even one.
    """
    for gross in range(1, 10_000_001, STEP):
        parts = split(gross, basis_points)
        twice_off = 2 * (gross * basis_points - parts.fee * WHOLE)
        assert -WHOLE <= twice_off <= WHOLE
        assert abs(twice_off) != WHOLE or parts.fee % 2 == 0
        assert parts.fee + parts.rest == gross
        assert 0 <= parts.fee < gross


@pytest.mark.parametrize(
    ("gross", "basis_points", "fee"), [(10, 500, 0), (30, 500, 2), (50, 500, 2), (99, 1_500, 15), (0, 500, 0)]
)
def test_halves_go_to_the_even_neighbour(gross: int, basis_points: int, fee: int) -> None:
    assert split(gross, basis_points) == Split(fee, gross - fee)


@given(
    fee_and_gross=st.integers(1, 10**7).flatmap(
        lambda gross: st.tuples(st.integers(0, gross), st.just(gross))
    ),
    cuts=st.lists(st.floats(0, 1), max_size=6),
)
def test_what_goes_back_of_a_fee_adds_up_to_the_fee(
    fee_and_gross: tuple[int, int], cuts: list[float]
) -> None:
    fee, gross = fee_and_gross
    stops = sorted(int(gross * cut) for cut in cuts)

    parts = [part_of(fee, stop, gross) for stop in [0, *stops, gross]]

    assert (parts[0], parts[-1]) == (0, fee)
    assert parts == sorted(parts)
    assert all(
        after - before <= stop_after - stop_before + 1
        for (before, after), (stop_before, stop_after) in zip(
            itertools.pairwise(parts), itertools.pairwise([0, *stops, gross]), strict=True
        )
    )
