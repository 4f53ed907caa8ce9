"""Values become pressure through the thresholds people see, bounds included (heat.md 3, 5 and 10)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.normalise import concern_of, normalise
from monitor.domain.scale import Concern
from tests.domain.vectors import steps, thresholds

RISING = thresholds(100, 150, 250, 350, 500)
FALLING = thresholds(100, 80, 60, 40, 20)
BUMPY = steps((0, 10), (1, 90), (2, 30))


def pressure(normalisation, value, low=None, high=None):
    ends = value if low is None else low, value if high is None else high
    value, low, high = (np.array([number], dtype=float) for number in (value, *ends))
    return normalise(normalisation, value=value, low=low, high=high)


@pytest.mark.parametrize(
    "normalisation,value,expected,saturated",
    [
        (RISING, 500, 100, False),
        (RISING, 300, 62.5, False),
        (RISING, 125, 12.5, False),
        (RISING, 100, 0, False),
        (RISING, 90, 0, True),
        (RISING, 600, 100, True),
        (FALLING, 15, 100, True),
        (FALLING, 20, 100, False),
        (FALLING, 50, 62.5, False),
        (FALLING, 120, 0, True),
        (thresholds(0, 200), 50, 25, False),
        (BUMPY, -5, 10, False),
        (BUMPY, 1, 90, False),
        (BUMPY, 1.9, 90, False),
        (BUMPY, 7, 30, False),
    ],
)
def test_a_value_has_its_pressure(normalisation, value, expected, saturated):
    found = pressure(normalisation, value)
    assert (found.value[0], found.saturated[0]) == (expected, saturated)


@pytest.mark.parametrize("normalisation", [RISING, BUMPY])
def test_a_missing_value_has_no_pressure(normalisation):
    found = pressure(normalisation, np.nan)
    assert np.isnan([found.value[0], found.low[0], found.high[0]]).all()


def test_bounds_swap_where_lower_is_worse():
    found = pressure(FALLING, 50, low=40, high=60)
    assert (found.low[0], found.high[0]) == (50, 75)


def test_bounds_over_steps_count_every_step_between():
    found = pressure(BUMPY, 0.5, low=0.5, high=2.5)
    assert (found.low[0], found.high[0]) == (10, 90)


@pytest.mark.parametrize("value,concern", [(0, 0), (24.9, 0), (25, 1), (50, 2), (75, 3), (99.9, 3), (100, 4)])
def test_a_pressure_has_the_concern_of_its_edge(value, concern):
    assert concern_of(value) is Concern(concern)


anything = st.floats(-1000, 1000)


@given(st.sampled_from([RISING, FALLING, BUMPY]), anything, anything, anything, st.floats(0, 1))
def test_the_band_holds_the_pressure_of_every_value_between(normalisation, one, two, three, share):
    low, value, high = sorted([one, two, three])
    found = pressure(normalisation, value, low, high)
    inside = pressure(normalisation, min(max(low + share * (high - low), low), high)).value[0]
    assert 0 <= found.low[0] <= inside <= found.high[0] <= 100


@given(anything, anything)
def test_pressure_is_monotone_in_the_value(one, two):
    least, most = sorted([one, two])
    assert pressure(RISING, least).value[0] <= pressure(RISING, most).value[0]
    assert pressure(FALLING, least).value[0] >= pressure(FALLING, most).value[0]
