"""Skewness and kurtosis equal those of scipy's bias-corrected forms, which are Excel's and COINr's."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.normalisations.statistics import is_well_shaped, kurtosis, skewness

NUMBERS = st.lists(st.integers(-1000, 1000).map(float), min_size=4, max_size=40)


def reference(values):
    """The textbook formulas (Joanes and Gill 1998, G1 and G2) in plain Python."""
    n, mean = len(values), math.fsum(values) / len(values)
    m2, m3, m4 = (math.fsum((x - mean) ** power for x in values) / n for power in (2, 3, 4))
    g1, g2 = m3 / m2**1.5, m4 / m2**2 - 3
    return (
        g1 * math.sqrt(n * (n - 1)) / (n - 2),
        ((n + 1) * g2 + 6) * (n - 1) / ((n - 2) * (n - 3)),
    )


def test_excels_own_examples():
    # Microsoft's help pages for SKEW and KURT use these ten numbers.
    values = np.array([3, 4, 5, 2, 3, 4, 5, 6, 4, 7], dtype=float)
    assert skewness(values) == pytest.approx(0.359543, abs=5e-7)
    assert kurtosis(values) == pytest.approx(-0.151799637, abs=5e-10)


@given(NUMBERS.filter(lambda values: len(set(values)) > 1))
def test_both_follow_the_textbook(values):
    skewed, peaked = reference(values)
    assert skewness(np.array(values)) == pytest.approx(skewed, rel=1e-9, abs=1e-9)
    assert kurtosis(np.array(values)) == pytest.approx(peaked, rel=1e-9, abs=1e-9)


def test_missing_values_are_left_out():
    assert skewness(np.array([1, np.nan, 2, 9])) == skewness(np.array([1.0, 2, 9]))


@pytest.mark.parametrize("values", [[], [1, 2], [0.1, 0.1, 0.1, 0.1]])
def test_too_few_or_equal_values_have_no_shape(values):
    found = np.array(values, dtype=float)
    assert np.isnan(skewness(found))
    assert np.isnan(kurtosis(found))
    assert is_well_shaped(found)


def test_one_value_far_off_is_badly_shaped_and_either_limit_excuses_it():
    far = np.array([*range(1, 11), 100], dtype=float)
    assert not is_well_shaped(far)
    assert is_well_shaped(far, skew=4)
    assert is_well_shaped(far, kurt=11)
