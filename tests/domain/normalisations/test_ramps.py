"""Ramps: the same bits alone, in a row and in a matrix; exact at knots, monotone, bounded."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.normalisations.ramps import Ramps, climb, matrix_of, ramps_of

EDGES = (0.0, 25.0, 50.0, 75.0, 100.0)
VALUES = st.lists(
    st.floats(-1e6, 1e6).map(lambda value: round(value, 3)), min_size=2, max_size=5, unique=True
).map(sorted)
LINES = st.builds(
    lambda values, is_falling: list(
        zip(values, EDGES[::-1][: len(values)] if is_falling else EDGES[-len(values) :], strict=True)
    ),
    VALUES,
    st.booleans(),
)
POINTS = st.lists(st.floats(-2e6, 2e6), min_size=1, max_size=20)


@given(LINES, POINTS)
def test_one_number_a_row_and_a_matrix_have_the_same_bits(knots, xs):
    line, x = ramps_of(knots), np.array(xs)
    row = climb(line, x)
    alone = np.array([climb(line, np.array([each]))[0] for each in xs])
    matrix = climb(matrix_of([line, line]), np.stack([x, x]))
    np.testing.assert_array_equal(row, alone)
    np.testing.assert_array_equal(matrix, np.stack([row, row]))


@given(LINES)
def test_a_value_on_a_knot_has_exactly_its_pressure(knots):
    values, pressures = (np.array(column) for column in zip(*knots, strict=True))
    np.testing.assert_array_equal(climb(ramps_of(knots), values), pressures)


@given(LINES, POINTS)
def test_it_is_monotone_and_never_leaves_its_ends(knots, xs):
    pressures = climb(ramps_of(knots), np.array(sorted(xs)))
    steps = np.diff(pressures) * (1 if knots[-1][1] >= knots[0][1] else -1)
    assert (steps >= 0).all()
    assert pressures.min() >= min(pressure for _, pressure in knots)
    assert pressures.max() <= max(pressure for _, pressure in knots)


@given(LINES, POINTS)
def test_it_is_the_line_through_its_knots(knots, xs):
    values, pressures = zip(*knots, strict=True)
    found = climb(ramps_of(knots), np.array(xs))
    np.testing.assert_allclose(found, np.interp(xs, values, pressures), rtol=0, atol=1e-9)


def test_lines_of_a_matrix_keep_apart():
    rising, falling = ramps_of([(0, 0), (10, 100)]), ramps_of([(0, 100), (10, 0)])
    found = climb(matrix_of([rising, falling]), np.array([[2.0, 12.0], [2.0, -1.0]]))
    np.testing.assert_array_equal(found, [[20, 100], [80, 100]])


def test_nothing_is_known_of_an_unknown_value():
    assert np.isnan(climb(ramps_of([(0, 0), (10, 100)]), np.array([np.nan])))[0]


def test_a_level_line_is_level_but_for_the_unknown():
    found = climb(ramps_of([(0, 40), (10, 40)]), np.array([-1.0, 5.0, np.nan]))
    np.testing.assert_array_equal(found, [40, 40, np.nan])


@pytest.mark.parametrize("x", [np.inf, -np.inf])
def test_an_infinite_value_lies_at_an_end(x):
    assert climb(ramps_of([(0, 0), (10, 100)]), np.array([x]))[0] == (100 if x > 0 else 0)


def test_a_ramp_between_neighbouring_numbers_is_a_jump():
    line = ramps_of([(0.0, 0.0), (5e-324, 100.0)])
    np.testing.assert_array_equal(climb(line, np.array([0.0, 5e-324, 1e300])), [0, 100, 100])


@pytest.mark.parametrize("low,high", [(0.1, 100.0), (33.3, 75.0), (1e-12, 50.0), (99.9, 100.0)])
def test_knots_of_any_pressure_are_reached(low, high):
    line = ramps_of([(0.0, low), (3.0, high)])
    np.testing.assert_array_equal(climb(line, np.array([0.0, 3.0])), [low, high])


@pytest.mark.parametrize("low,high", [(2.91, 61.772), (2.59, 44.1)])
def test_a_knot_that_no_sum_gives_is_approached_from_below(low, high):
    line = ramps_of([(0.0, low), (1.0, high)])
    assert low + (high - low) != high
    assert 0 <= high - climb(line, np.array([1.0]))[0] <= np.spacing(high)


def test_what_one_knot_lacks_the_next_makes_up_for():
    line = ramps_of([(0.0, 2.91), (1.0, 61.772), (2.0, 100.0)])
    assert climb(line, np.array([2.0]))[0] == 100


def test_two_ramps_of_a_band_do_not_disturb_each_other():
    band = Ramps(base=0.0, origins=(20.0, 80.0), widths=(-10.0, 10.0), rises=(100.0, 100.0))
    np.testing.assert_array_equal(climb(band, np.array([5.0, 15.0, 50.0, 82.5, 99.0])), [100, 50, 0, 25, 100])
