"""Inverting a normalisation: the nearest value with a pressure, whatever the curve."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.normalisations.inverse import edge_distance, nearest_value
from monitor.domain.normalisations.normalise import normalise
from monitor.domain.normalisations.relative import Fit, RelativeNormalisation, Yardstick
from monitor.domain.normalisations.treatment import Then, Treated
from tests.domain.vectors import curve, goalposts, steps, target_band, thresholds

RISING = thresholds(100, 150, 250, 350, 500)
FALLING = thresholds(100, 80, 60, 40, 20)
BAND = target_band(0, 40, 60, 100)
STATES = steps((0, 0), (1, 60), (3, 100))
ALL = [RISING, FALLING, BAND, STATES, goalposts(1, 1000, is_log=True), curve((0, 10), (5, 10), (9, 90))]


def pressure(normalisation, value):
    there = np.array([value], dtype=float)
    return float(normalise(normalisation, value=there, low=there, high=there).value[0])


@pytest.mark.parametrize(
    "normalisation,start,wanted,is_worse,expected",
    [
        (RISING, 200, 75, True, 350),
        (RISING, 600, 75, False, 350),
        (RISING, 600, 100, True, 600),
        (FALLING, 70, 62.5, True, 50),
        (FALLING, 10, 50, False, 60),
        (BAND, 49, 50, True, 20),
        (BAND, 58, 50, True, 80),
        (BAND, 95, 0, False, 60),
        (STATES, 0, 50, True, 1),
        (STATES, 3, 60, False, np.nextafter(3, 0)),
    ],
)
def test_the_nearest_value_is_found(normalisation, start, wanted, is_worse, expected):
    found = nearest_value(normalisation, start=start, pressure=wanted, is_worse=is_worse)
    assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    "normalisation,wanted,is_worse",
    [(steps((0, 20), (1, 60)), 80, True), (steps((0, 20), (1, 60)), 10, False)],
)
def test_a_pressure_no_value_has_gives_none(normalisation, wanted, is_worse):
    assert nearest_value(normalisation, start=0, pressure=wanted, is_worse=is_worse) is None


def test_states_are_chosen_among_their_words():
    words = {"open": 0.0, "closed": 1.0, "dissolved": 3.0}
    assert nearest_value(STATES, start=0, pressure=61, is_worse=True, words=words) == 3
    assert nearest_value(STATES, start=3, pressure=70, is_worse=False, words=words) == 1


@given(st.sampled_from(ALL), st.floats(0, 1000), st.floats(0, 100), st.booleans())
def test_the_value_found_has_the_pressure_and_none_nearer_has(normalisation, start, wanted, is_worse):
    found = nearest_value(normalisation, start=start, pressure=wanted, is_worse=is_worse)
    sign = 1 if is_worse else -1
    near = np.linspace(-200, 1200, 1401)
    fitting = [value for value in near if sign * (pressure(normalisation, value) - wanted) >= 0]
    if found is None:
        assert fitting == []
        return
    if sign * (pressure(normalisation, start) - wanted) < 0:
        assert sign * (pressure(normalisation, found) - wanted) >= 0
        assert all(abs(value - start) >= abs(found - start) - 1e-9 for value in fitting)


@pytest.mark.parametrize("normalisation,expected", [(RISING, 100), (FALLING, 20), (BAND, 25), (STATES, None)])
def test_the_distance_between_edges_is_a_quarter_of_the_curve(normalisation, expected):
    assert edge_distance(normalisation) == expected


@pytest.mark.parametrize("wanted,start,is_worse", [(90, 3, True), (10, 90, False), (30, 500, False)])
def test_a_fit_on_treated_values_is_searched_outwards(wanted, start, is_worse):
    """The knots lie in treated values, so the corners cannot be read off them."""
    knots = ((0.0, 0.0), (8.0, 100.0))
    treated = Treated(least=0.0, most=256.0, then=Then.BOXCOX, power=0.5)
    until = datetime(2025, 1, 1, tzinfo=UTC)
    since = datetime(2024, 1, 1, tzinfo=UTC)
    found = Fit(since=since, until=until, fitted_at=until, count=9, knots=knots, treated=treated)
    fitted = RelativeNormalisation(by=Yardstick.MINMAX, window_days=100, fit=found)
    value = nearest_value(fitted, start=start, pressure=wanted, is_worse=is_worse)
    assert pressure(fitted, value) == pytest.approx(wanted, abs=1e-6)
    assert edge_distance(fitted) is None
