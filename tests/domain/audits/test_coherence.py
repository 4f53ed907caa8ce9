"""Internal coherence: correlations, what says the same, Cronbach's alpha on published numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.audits.coherence import alike, correlations, cronbach_alpha

RISING = np.arange(12.0)
NOISE = np.random.default_rng(4).normal(size=12)


def test_correlations_are_those_of_numpy():
    rows = np.random.default_rng(1).normal(size=(4, 30))
    assert correlations(rows) == pytest.approx(np.corrcoef(rows))


def test_missing_cases_are_left_out_pair_by_pair():
    rows = np.array([RISING, RISING * 2 + NOISE, NOISE])
    rows[1, 0] = np.nan
    found = correlations(rows)
    assert found[0, 1] == pytest.approx(np.corrcoef(rows[0, 1:], rows[1, 1:])[0, 1])
    assert found[0, 2] == pytest.approx(np.corrcoef(rows[0], rows[2])[0, 1])


def test_few_pairs_and_what_stands_still_have_none():
    rows = np.array([RISING, np.full(12, 0.1), NOISE])
    rows[2, 5:] = np.nan
    found = correlations(rows)
    assert np.isnan(found[0, 1])
    assert np.isnan(found[0, 2])


@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=9, max_size=9), min_size=2, max_size=4))
def test_correlations_lie_within_bounds_and_both_ways(rows):
    found = correlations(np.array(rows))
    known = found[~np.isnan(found)]
    assert np.all(np.abs(known) <= 1)
    assert np.array_equal(found, found.T, equal_nan=True)


def test_twins_are_redundant_and_a_shared_trend_alone_is_not():
    together = np.random.default_rng(2).normal(size=40)
    trend = np.arange(40.0) * 5
    rows = np.array([
        trend + together, trend + together * 1.01, trend + np.random.default_rng(3).normal(size=40) * 3,
    ])  # fmt: skip
    found = alike(correlations(rows), correlations(np.diff(rows, axis=1)))
    assert (found[0].first, found[0].second, found[0].is_redundant, len(found)) == (0, 1, True, 3)
    assert not any(pair.is_redundant for pair in found[1:])
    assert all(pair.levels > 0.9 > abs(pair.changes) for pair in found[1:])


def test_across_units_levels_suffice_whichever_way():
    found = alike(correlations(np.array([RISING, -RISING, NOISE])))
    assert [(pair.first, pair.second, pair.levels, pair.changes, pair.is_redundant) for pair in found] == [
        (0, 1, pytest.approx(-1), None, True)
    ]


def test_where_nothing_is_known_nothing_is_alike():
    assert alike(np.full((2, 2), np.nan), np.full((2, 2), np.nan)) == ()


def test_changes_alone_may_be_alike():
    found = alike(np.array([[1, np.nan], [np.nan, 1]]), np.array([[1, 0.95], [0.95, 1]]))
    assert [(pair.levels, pair.changes, pair.is_redundant) for pair in found] == [(None, 0.95, False)]


def test_alpha_of_parallel_items_is_that_of_spearman_and_brown():
    """For items of equal variance and correlation r, alpha is k r / (1 + (k - 1) r)."""
    generator = np.random.default_rng(9)
    shared = generator.normal(size=200_000)
    rows = np.array([shared + generator.normal(size=200_000) for _ in range(4)])
    assert cronbach_alpha(rows) == pytest.approx(4 * 0.5 / (1 + 3 * 0.5), abs=0.005)


def test_alpha_of_copies_is_one():
    assert cronbach_alpha(np.array([RISING, RISING, RISING])) == pytest.approx(1)


def test_alpha_is_that_of_coinrs_formula():
    """`get_cronbach` of COINr: k^2 times the mean covariance of two, over the variance of the sum."""
    rows = np.random.default_rng(8).normal(size=(3, 20)) + RISING[None, :1]
    covariance = np.cov(rows)
    between = covariance[~np.eye(3, dtype=bool)].mean()
    assert cronbach_alpha(rows) == pytest.approx(9 * between / covariance.sum())


@pytest.mark.parametrize(
    "rows",
    [RISING[None], np.array([RISING[:5], NOISE[:5]]), np.zeros((2, 12)), np.full((2, 12), np.nan)],
    ids=["one row", "few cases", "still", "empty"],
)
def test_alpha_that_cannot_be_told_is_none(rows):
    assert cronbach_alpha(rows) is None


def test_carried_values_that_moved_twice_say_nothing_of_each_other():
    rows = np.array([[1.0] * 20 + [2.0] * 20 + [5.0] * 20, [3.0] * 20 + [4.0] * 20 + [9.0] * 20])
    assert correlations(rows)[0, 1] > 0.9
    assert np.isnan(correlations(rows, is_carried=True)[0, 1])
    moving = np.array([RISING, RISING + NOISE])
    assert np.array_equal(correlations(moving), correlations(moving, is_carried=True))
