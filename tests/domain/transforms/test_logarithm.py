"""Logarithms and powers pull long tails in and keep order and bounds (heat.md 2)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.vectors import at_end, columns, daily, row

STEPS = [
    ("log1p", {}),
    ("log_ct", {"low": -10, "high": 90}),
    *(("boxcox", {"lambda": power}) for power in (-2, -0.5, 0, 0.3, 1, 3)),
]


@pytest.mark.parametrize(
    "power,value,expected", [(1, 5, 4), (2, 3, 4), (0, np.e, 1), (0.5, 9, 4), (-1, 4, 0.75), (1e-9, np.e, 1)]
)
def test_boxcox_is_a_power_less_one(power, value, expected):
    assert at_end(daily(value), ("boxcox", {"lambda": power}))[0] == pytest.approx(expected)


@pytest.mark.parametrize("value", [0, -3])
def test_boxcox_is_missing_at_zero_and_below(value):
    assert np.isnan(at_end(daily(value), ("boxcox", {"lambda": 1}))).all()


@pytest.mark.parametrize("power,limit", [(2, -0.5), (0, -np.inf), (-1, -np.inf)])
def test_a_bound_at_the_pole_has_its_limit(power, limit):
    rows = columns(row(0, 1, low=-5, high=3))
    assert at_end(rows, ("boxcox", {"lambda": power}))[:2] == (0, limit)


def test_log1p_of_an_unbounded_low_end_is_unbounded():
    assert at_end(columns(row(0, 0, low=-1, high=0)), ("log1p", {})) == (0, -np.inf, 0)


def test_log_ct_is_coinrs_with_stated_ends():
    found = [at_end(daily(value), ("log_ct", {"low": 10, "high": 110}))[0] for value in (10, 110, 9, 210)]
    assert found == pytest.approx(np.log([1, 101, 1, 201]))


values = st.floats(-100, 100)


@given(st.sampled_from(STEPS), values, values, values, st.floats(0, 1))
def test_the_band_holds_every_value_between(step, one, two, three, share):
    low, value, high = sorted([one, two, three])
    found, least, most = at_end(columns(row(0, value, low=low, high=high)), step)
    inside = at_end(daily(min(max(low + share * (high - low), low), high)), step)[0]
    if not np.isnan(found):
        assert least <= found <= most
        assert np.isnan(inside) or least <= inside <= most


@given(st.sampled_from(STEPS), values, values)
def test_a_higher_value_never_comes_out_lower(step, one, two):
    less, more = (at_end(daily(value), step)[0] for value in sorted([one, two]))
    assert np.isnan(less) or less <= more
