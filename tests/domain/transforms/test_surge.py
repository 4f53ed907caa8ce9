"""Surge: the rate of the last month or two over that of the year before, bounds and floor included."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.transforms.working import workings
from tests.domain.vectors import at_end, chain, columns, daily, indicator, row

SURGE = ("surge", {"minimum": 100})
MONTH = 30


def monthly(*values, **given):
    """Months of 30 days: 15 days from their middle to their end."""
    return columns(
        *(row(MONTH * number, value, length=MONTH, **given) for number, value in enumerate(values))
    )


def test_a_month_of_three_times_the_usual_is_a_surge_of_three():
    assert at_end(monthly(*[50] * 12, 150), SURGE)[0] == pytest.approx(3)


def test_a_rise_over_two_months_counts_where_each_alone_is_less():
    rows = monthly(*[20] * 12, 60, 60)
    assert at_end(rows, ("surge", {"minimum": 120}))[0] == pytest.approx(3)
    assert at_end(rows, ("surge", {"minimum": 121}))[0] == 0


def test_below_the_minimum_there_is_no_surge_however_many_times():
    assert at_end(monthly(*[1] * 12, 49), SURGE)[0] == 0
    assert at_end(monthly(*[1] * 12, 98.9), SURGE)[0] == 0
    assert at_end(monthly(*[1] * 12, 100), SURGE)[0] == pytest.approx(100)


def test_after_a_year_of_nothing_it_is_as_large_as_it_can_be():
    assert at_end(monthly(*[0] * 13), SURGE)[0] == 0
    assert at_end(monthly(*[0] * 12, 100), SURGE)[0] == 100


def test_only_the_year_before_is_usual():
    assert at_end(monthly(*[900] * 24, *[50] * 13, 150), SURGE)[0] == pytest.approx(
        150 / ((50 * 12) / 12), rel=1e-9
    )


def test_it_is_missing_until_half_a_year_before_is_known():
    assert np.isnan(at_end(monthly(*[50] * 6, 500), SURGE)[0])
    assert at_end(monthly(*[50] * 7, 500), SURGE)[0] == pytest.approx(10)


def test_days_and_months_of_one_rate_surge_alike():
    days = daily(*[2] * 400, *[6] * 61)
    assert at_end(days, SURGE)[0] == pytest.approx(3, rel=0.02)


def test_a_higher_baseline_and_a_lower_month_make_the_lower_bound():
    rows = monthly(*[50] * 12, 150, low=40.0, high=60.0)
    value, low, high = at_end(rows, ("surge", {"minimum": 10}))
    assert (low, value, high) == (pytest.approx(40 / 60), pytest.approx(3), pytest.approx(60 / 40))


@given(st.lists(st.integers(0, 500), min_size=10, max_size=30), st.integers(0, 500))
def test_a_worse_month_never_surges_less(values, more):
    before, after = monthly(*values), monthly(*values[:-1], values[-1] + more)
    assert at_end(after, SURGE)[0] >= at_end(before, SURGE)[0]


def test_its_working_names_both_spans_and_lists_what_it_used():
    own = indicator("a", transforms=chain(SURGE))
    rows = monthly(*[50] * 12, 150)
    [found] = workings(own, rows, row=12, at=int(rows.period_end[-1]))
    assert found.after == pytest.approx(3)
    assert [each.value for each in found.used] == [50.0] * 12 + [150.0]
    assert found.formula.startswith("a day since 1970-12-27 / a day before it, from 1970-01-01")
    slow = monthly(*[20] * 12, 60, 60)
    [found] = workings(own, slow, row=13, at=int(slow.period_end[-1]))
    assert found.formula.startswith("a day since 1970-12-27")
