"""Weeks above a baseline, and for how long a value is a record, bounds included (heat.md 2)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.vectors import at_end, columns, daily, row

BASELINE = ("weeks_above_baseline", {"window_weeks": 10})
RECORD = ("record_high", {"days": 30})


def weekly(*values, **given):
    return columns(*(row(7 * number, value, length=7, **given) for number, value in enumerate(values)))


def test_a_week_far_above_the_others_counts():
    assert at_end(weekly(*[1] * 9, 9), BASELINE) == (1, 1, 1)
    assert at_end(weekly(*[1] * 9, 1), BASELINE) == (0, 0, 0)
    assert at_end(weekly(5, 9, 5, 1, 5, 5, 5, 5, 5, 5), BASELINE)[0] == 1


def test_how_far_is_far_can_be_said():
    values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    found = [
        at_end(weekly(*values), ("weeks_above_baseline", {"window_weeks": 10, "sd": sd}))[0]
        for sd in (0.1, 1, 1.2, 2)
    ]
    assert found == [5, 2, 1, 0]


def test_equal_weeks_are_never_above_their_mean():
    step = ("weeks_above_baseline", {"window_weeks": 3, "sd": 0.1})
    assert at_end(weekly(0.1, 0.1, 0.1), step)[0] == 0


def test_a_period_counts_as_many_weeks_as_it_is_long():
    rows = columns(*(row(14 * number, value, length=14) for number, value in enumerate([1] * 9 + [9])))
    assert at_end(rows, ("weeks_above_baseline", {"window_weeks": 20}))[0] == 2
    assert at_end(daily(*[1] * 20, 9), ("weeks_above_baseline", {"window_weeks": 3}))[0] == pytest.approx(
        1 / 7
    )


def test_it_is_missing_until_values_fill_half_of_the_window():
    assert np.isnan(at_end(weekly(1, 1, 1, 9), BASELINE)[0])
    assert at_end(weekly(1, 1, 1, 1, 9), BASELINE)[0] == 0
    gaps = weekly(1, 1, 1, 1, 9).rows(np.array([0, 1, 2, 4]))
    assert np.isnan(at_end(gaps, BASELINE)[0])


def test_a_missing_value_gives_none_and_counts_for_nothing():
    gone = weekly(*[0] * 5, -5, *[0] * 4)
    assert at_end(gone, ("log1p", {}), BASELINE)[0] == 0
    assert np.isnan(at_end(gone, ("log1p", {}), BASELINE, place=5)[0])


def test_the_spike_leaves_the_window_with_time():
    rows = weekly(9, *[1] * 9)
    step = ("weeks_above_baseline", {"window_weeks": 10, "lag_days": 0})
    assert at_end(rows, step)[0] == 1
    assert at_end(rows, step, day=75)[0] == 0


def test_bounds_that_touch_the_baseline_leave_it_open():
    rows = columns(
        *(row(7 * number, 1, length=7) for number in range(9)), row(63, 9, low=1, high=99, length=7)
    )
    assert at_end(rows, BASELINE)[0] == 1
    assert at_end(rows, BASELINE)[1] == 0


def test_a_record_counts_the_days_since_a_value_as_high():
    assert at_end(daily(*range(40)), RECORD) == (30, 30, 30)
    assert at_end(daily(5, *[1] * 9, 4), RECORD)[0] == 10
    assert at_end(daily(5, *[1] * 9, 5), RECORD)[0] == 10
    assert at_end(daily(5, *[1] * 9, 6), RECORD)[0] == 11


def test_a_record_forgets_what_is_older_than_the_window():
    assert at_end(daily(99, *[1] * 30, 2), RECORD)[0] == 30
    assert at_end(daily(99, *[1] * 29, 2), RECORD)[0] == 30
    assert at_end(daily(99, *[1] * 28, 2), RECORD)[0] == 29


def test_what_never_changes_is_no_record():
    assert at_end(weekly(0, 0, 0, 0), RECORD)[0] == 7


def test_a_record_is_at_most_as_old_as_the_first_value():
    assert at_end(weekly(1), RECORD)[0] == 7
    assert at_end(weekly(-5, 1, 2), ("log1p", {}), RECORD)[0] == 14
    assert np.isnan(at_end(weekly(1, 2, -5), ("log1p", {}), RECORD)[0])


def test_two_records_of_one_policy_come_from_one_transform():
    floor = ("winsorise", {"low": 100, "high": 1e9}), ("record_high", {"days": 30})
    assert at_end(daily(*range(60)), *floor)[0] == 1
    assert at_end(daily(*range(50, 110)), *floor)[0] == 30


def test_a_record_with_bounds_holds_the_best_and_the_worst_case():
    rows = columns(row(0, 5, low=3, high=7), row(1, 2), row(2, 6, low=4, high=8))
    assert at_end(rows, RECORD) == (3, 2, 3)


boxes = st.lists(st.tuples(*[st.integers(0, 20)] * 3, st.floats(0, 1)), min_size=5, max_size=9)


@given(st.sampled_from([BASELINE, RECORD]), boxes)
def test_the_band_holds_what_any_values_between_would_give(step, drawn):
    ordered = [(*sorted(box), share) for *box, share in drawn]
    rows = columns(
        *(
            row(7 * place, value, low=low, high=high, length=7)
            for place, (low, value, high, _) in enumerate(ordered)
        )
    )
    value, least, most = at_end(rows, step)
    inside = at_end(weekly(*(low + share * (high - low) for low, _, high, share in ordered)), step)[0]
    assert least <= value <= most
    assert least - 1e-9 <= inside <= most + 1e-9


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12), st.integers(0, 9))
def test_a_higher_newest_value_is_never_less_of_a_record(values, more):
    rows, higher = daily(*values), daily(*values[:-1], values[-1] + more)
    assert 0 < at_end(rows, RECORD)[0] <= at_end(higher, RECORD)[0] <= 30


@given(st.lists(st.integers(0, 9), min_size=5, max_size=10), st.integers(-50, 50))
def test_a_shifted_series_has_the_same_weeks_above_its_baseline(values, shift):
    moved = weekly(*(value + shift for value in values))
    assert at_end(moved, BASELINE)[0] == at_end(weekly(*values), BASELINE)[0]
    assert 0 <= at_end(moved, BASELINE)[0] <= len(values) / 2
