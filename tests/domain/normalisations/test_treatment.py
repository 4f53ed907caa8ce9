"""Treatment follows COINr 1.1.14's Treat(): its order, its defaults, its numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.errors import InvalidInput
from monitor.domain.normalisations.statistics import is_well_shaped, kurtosis, skewness
from monitor.domain.normalisations.treatment import Then, Treatment, fit_treatment

FAR = np.array([*range(1, 11), 100], dtype=float)
FARTHER = np.array([*range(1, 21), 100, 200], dtype=float)
VALUES = st.lists(st.integers(-50, 5000).map(float), min_size=5, max_size=40)


def treated(values, **given):
    """The values as treated, and what was done."""
    found = fit_treatment(Treatment(**given), values)
    return found.apply(values), found


def test_a_good_shape_is_left_alone():
    values = np.arange(1.0, 11)
    after, done = treated(values)
    assert after.tolist() == values.tolist()
    assert (done.points, done.then, done.words) == (0, Then.NOTHING, "none needed")


def test_one_value_far_off_is_drawn_in_to_the_next():
    # COINr's own test: c(1:10, 100) becomes c(1:10, 10).
    after, done = treated(FAR)
    assert after.tolist() == [*range(1, 11), 10]
    assert (done.points, done.high, done.low, done.words) == (1, 10, None, "1 winsorised")
    assert is_well_shaped(after)


def test_the_shape_before_and_after_is_kept():
    _, done = treated(FAR)
    assert (done.skew_before, done.kurtosis_before) == (skewness(FAR), kurtosis(FAR))
    drawn_in = np.minimum(FAR, 10)
    assert (done.skew_after, done.kurtosis_after) == (skewness(drawn_in), kurtosis(drawn_in))


def test_low_values_are_drawn_in_where_the_tail_is_on_the_left():
    after, done = treated(-FAR)
    assert after.tolist() == [-value for value in [*range(1, 11), 10]]
    assert (done.low, done.high) == (-10, None)


def test_where_winsorising_is_not_enough_the_logarithm_is_taken_of_the_values_as_they_were():
    # COINr's own test allows one point of c(1:20, 100, 200); the shape still fails, and log_CT takes over.
    after, done = treated(FARTHER, winsorise=1)
    assert after == pytest.approx(np.log(FARTHER - 1 + 0.01 * 199))
    assert (done.points, done.then, done.words) == (0, Then.LOG_CT, "log_ct")


def test_both_may_be_combined():
    after, done = treated(FARTHER, winsorise=1, combine=True)
    kept = np.minimum(FARTHER, 100)
    assert after == pytest.approx(np.log(kept - 1 + 0.01 * 99))
    assert done.words == "1 winsorised, then log_ct"


def test_level_values_count_together_and_force_goes_on_to_the_limit():
    # COINr's own test, 3 points of c(1:20, 100, 200): after two on the right the tail is on the left.
    after, done = treated(FARTHER, winsorise=3, force=True, then=Then.NOTHING)
    assert after.tolist() == [2, *range(2, 21), 20, 20]
    assert done.points == 3


def test_the_units_that_were_winsorised_are_named_and_missing_ones_left_out():
    values = np.array([1, 2, np.nan, 3, 4, 5, 6, 7, 8, 9, 10, 100])
    names = tuple("abcdefghijkl")
    done = fit_treatment(Treatment(), values, units=names)
    assert done.units == ("l",)
    assert np.isnan(done.apply(values)[2])


@pytest.mark.parametrize(
    "then,power,expected",
    [
        (Then.LOG_CT, 0, lambda x: np.log(x - 1 + 1.99)),
        (Then.LOG_CT_PLUS, 0, lambda x: np.log(x - 1 + 1.99)),
        (Then.LOG_CT_ORIG, 0, lambda x: np.log(x - 1 + 1)),
        (Then.LOG_GII, 0, lambda x: np.log(199 * (x - 1) / 199 + 1)),
        (Then.BOXCOX, 0, np.log),
        (Then.BOXCOX, 0.5, lambda x: (np.sqrt(x) - 1) / 0.5),
        (Then.NOTHING, 0, lambda x: x),
    ],
)
def test_the_functions_are_coinrs(then, power, expected):
    after, _ = treated(FARTHER, winsorise=0, then=then, power=power)
    assert after == pytest.approx(expected(FARTHER))


def test_log_ct_plus_draws_in_a_tail_on_the_left():
    after, done = treated(-FARTHER, winsorise=0, then=Then.LOG_CT_PLUS)
    assert after == pytest.approx(-np.log(-1 + 1.99 + FARTHER))
    assert (done.is_mirrored, done.words) == (True, "log_ct_plus mirrored")


def test_log_gii_refuses_values_whose_order_it_would_turn():
    with pytest.raises(InvalidInput, match=r"log_gii needs a highest value above 1, not 0\.2"):
        treated(FARTHER / 1000, winsorise=0, then=Then.LOG_GII)


def test_values_that_do_not_differ_are_left_alone_even_by_force():
    values = np.full(6, 3.0)
    after, done = treated(values, force=True)
    assert after.tolist() == values.tolist()
    assert done.skew_before is None


def test_a_number_of_points_below_0_is_refused():
    with pytest.raises(ValueError, match="winsorise is a number of points"):
        Treatment(winsorise=-1)


@given(VALUES, st.sampled_from([each for each in Then if each is not Then.LOG_GII]), st.booleans())
def test_treatment_never_turns_the_order_and_later_values_are_read_alike(values, then, is_combined):
    found = fit_treatment(Treatment(then=then, combine=is_combined), np.array(values))
    later = np.sort(np.array([*values, -1e4, 1e4]))
    after = found.apply(later)
    assert np.all(np.isfinite(after))
    assert np.all(np.diff(after) >= 0)
