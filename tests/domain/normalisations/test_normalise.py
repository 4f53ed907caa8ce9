"""Values become pressure through the thresholds people see, bounds included (heat.md 3, 5 and 10)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.errors import InvalidInput
from monitor.domain.normalisations.normalisation import Unscored
from monitor.domain.normalisations.normalise import concern_of, normalise, reaches
from monitor.domain.scale import Concern
from tests.domain.vectors import curve, goalposts, steps, target_band, thresholds

RISING = thresholds(100, 150, 250, 350, 500)
FALLING = thresholds(100, 80, 60, 40, 20)
BUMPY = steps((0, 10), (1, 90), (2, 30))
YEARS = goalposts(85, 20)
INCOME = goalposts(75_000, 100, is_log=True)
BENT = curve((0, 10), (10, 20), (20, 20), (40, 80))
BAND = target_band(10, 20, 80, 100)
CONTINUOUS = [RISING, FALLING, goalposts(-3, 7), YEARS, INCOME, BENT, BAND]


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
        (goalposts(0, 10), 7.4, 74, False),
        (goalposts(0, 10), 10.5, 100, True),
        (YEARS, 60, 100 - 61.5385, False),
        (YEARS, 85, 0, False),
        (YEARS, 86, 0, True),
        (YEARS, 19, 100, True),
        (INCOME, 2100, 100 - 45.9893, False),
        (INCOME, 100, 100, False),
        (INCOME, 0, 100, True),
        (INCOME, -5, 100, True),
        (INCOME, 99_999, 0, True),
        (BENT, -1, 10, True),
        (BENT, 5, 15, False),
        (BENT, 15, 20, False),
        (BENT, 30, 50, False),
        (BENT, 41, 80, True),
        (curve((0, 80), (10, 0)), 5, 40, False),
        (BAND, 10, 100, False),
        (BAND, 15, 50, False),
        (BAND, 50, 0, False),
        (BAND, 85, 25, False),
        (BAND, 101, 100, True),
        (target_band(0, 5, 5, 10), 6, 20, False),
    ],
)
def test_a_value_has_its_pressure(normalisation, value, expected, saturated):
    found = pressure(normalisation, value)
    assert (found.value[0], found.saturated[0]) == (pytest.approx(expected, abs=1e-4), saturated)


@pytest.mark.parametrize("normalisation", [RISING, BUMPY, INCOME, BENT, BAND])
def test_a_missing_value_has_no_pressure(normalisation):
    found = pressure(normalisation, np.nan)
    assert np.isnan([found.value[0], found.low[0], found.high[0]]).all()


def test_bounds_swap_where_lower_is_worse():
    found = pressure(FALLING, 50, low=40, high=60)
    assert (found.low[0], found.high[0]) == (50, 75)


def test_bounds_over_steps_count_every_step_between():
    found = pressure(BUMPY, 0.5, low=0.5, high=2.5)
    assert (found.low[0], found.high[0]) == (10, 90)


def test_the_band_of_a_target_band_holds_every_value_between():
    found = pressure(BAND, 50, low=15, high=85)
    assert (found.low[0], found.value[0], found.high[0]) == (0, 0, 50)


@pytest.mark.parametrize("low,high,expected", [(12, 90, (0, 80)), (12, 18, (20, 80)), (0, 200, (0, 100))])
def test_an_interval_that_touches_the_target_reaches_zero(low, high, expected):
    found = pressure(BAND, low, low=low, high=high)
    assert (found.low[0], found.high[0]) == pytest.approx(expected)


@pytest.mark.parametrize("value,concern", [(0, 0), (24.9, 0), (25, 1), (50, 2), (75, 3), (99.9, 3), (100, 4)])
def test_a_pressure_has_the_concern_of_its_edge(value, concern):
    assert concern_of(value) is Concern(concern)


anything = st.floats(-1000, 1000)


@given(st.sampled_from([BUMPY, *CONTINUOUS]), anything, anything, anything, st.floats(0, 1))
def test_the_band_holds_the_pressure_of_every_value_between(normalisation, one, two, three, share):
    low, value, high = sorted([one, two, three])
    found = pressure(normalisation, value, low, high)
    inside = pressure(normalisation, min(max(low + share * (high - low), low), high)).value[0]
    assert 0 <= found.low[0] <= inside <= found.high[0] <= 100


@given(st.sampled_from([each for each in CONTINUOUS if each is not BAND]), anything, anything)
def test_pressure_is_monotone_in_the_value(normalisation, one, two):
    better, worse = sorted([one, two], reverse=not normalisation.is_higher_worse)
    assert pressure(normalisation, better).value[0] <= pressure(normalisation, worse).value[0]


@given(st.sampled_from(CONTINUOUS), anything)
def test_a_small_step_of_the_value_never_makes_pressure_jump(normalisation, value):
    near = pressure(normalisation, value + 1e-7).value[0]
    assert near == pytest.approx(pressure(normalisation, value).value[0], abs=1e-4)


@given(st.lists(anything, min_size=2, max_size=6), st.randoms())
def test_pressures_do_not_depend_on_the_order_of_values(values, random):
    mixed = random.sample(values, len(values))
    for normalisation in CONTINUOUS:
        one_by_one = {value: pressure(normalisation, value).value[0] for value in values}
        column = np.array(mixed)
        together = normalise(normalisation, value=column, low=column, high=column).value
        assert together.tolist() == [one_by_one[value] for value in mixed]


def test_whether_any_value_has_a_pressure():
    assert reaches(RISING, [90, 300], 0)
    assert not reaches(RISING, [101, 300, 499], 100)
    assert not reaches(RISING, [], 0)


def test_what_has_no_pressure_cannot_be_asked_for_one():
    assert Unscored().is_higher_worse is None
    with pytest.raises(InvalidInput, match="no normalisation says how a value becomes pressure"):
        pressure(Unscored(), 1)
