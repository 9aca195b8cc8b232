"""The platform's part of an amount."""

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.policies.fees import Split, split


@given(gross=st.integers(0, 10**12), basis_points=st.integers(0, 10_000))
def test_parts_add_up_and_the_fee_is_rounded_half_to_even(gross: int, basis_points: int) -> None:
    parts = split(gross, basis_points)
    exact = Decimal(gross) * basis_points / 10_000
    assert parts.fee + parts.rest == gross
    assert parts.fee == exact.quantize(Decimal(1), ROUND_HALF_EVEN)


@pytest.mark.parametrize(
    ("gross", "basis_points", "fee"), [(10, 500, 0), (30, 500, 2), (50, 500, 2), (99, 1_500, 15), (0, 500, 0)]
)
def test_halves_go_to_the_even_neighbour(gross: int, basis_points: int, fee: int) -> None:
    assert split(gross, basis_points) == Split(fee, gross - fee)
