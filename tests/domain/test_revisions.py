"""Revisions: what was known of a period when, and how long values take to settle."""

import numpy as np
import pytest

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.revisions import period_revisions, settling, suggested_settles_after
from monitor.domain.series import Columns

DAY = DAY_SECONDS


def columns(*rows):
    """Rows of (start day, known day, value[, revision[, confirmed]]); periods last ten days."""
    full = [(*row, 0, False)[:5] if len(row) == 3 else (*row, False)[:5] for row in rows]
    start, known, value, revision, confirmed = (np.array(part) for part in zip(*full, strict=True))
    nothing = np.full(len(full), np.nan)
    return Columns(
        period_start=start.astype(np.int64) * DAY, period_end=(start.astype(np.int64) + 10) * DAY,
        known_at=known.astype(np.int64) * DAY, source_revision=revision.astype(np.int64),
        seq=np.arange(1, len(full) + 1), value=value.astype(float), low=nothing, high=nothing, grade=nothing,
        confirmed=confirmed.astype(bool),
    )  # fmt: skip


def said(period):
    return [(vintage.known_at // DAY, vintage.value) for vintage in period.vintages]


def test_each_period_has_its_values_in_the_order_in_which_they_came_into_force():
    first, second = period_revisions(columns((0, 12, 80.0), (10, 22, 50.0), (0, 40, 95.0), (0, 70, 90.0)))
    assert said(first) == [(12, 80.0), (40, 95.0), (70, 90.0)]
    assert (first.first, first.last, first.largest, first.changes) == (80.0, 90.0, 15.0, (15.0, -5.0))
    assert (said(second), second.largest) == ([(22, 50.0)], 0.0)


def test_a_row_of_an_older_source_revision_comes_into_force_never():
    [only] = period_revisions(columns((0, 12, 80.0, 5), (0, 40, 95.0, 2)))
    assert said(only) == [(12, 80.0)]


def test_a_withdrawal_and_a_confirmation_are_kept_and_revise_nothing():
    [only] = period_revisions(columns((0, 12, 80.0), (0, 20, 80.0, 0, True), (0, 40, np.nan)))
    assert said(only) == [(12, 80.0), (20, 80.0), (40, None)]
    assert [vintage.is_confirmed for vintage in only.vintages] == [False, True, False]
    assert (only.changes, only.is_confirmed, only.last) == ((), False, None)


@pytest.mark.parametrize("day,value", [(11, None), (12, 80.0), (39, 80.0), (40, 95.0), (900, 95.0)])
def test_what_was_known_at_a_moment_is_found_again(day, value):
    [only] = period_revisions(columns((0, 12, 80.0), (0, 40, 95.0)))
    found = only.known(day * DAY)
    assert (None if found is None else found.value) == value


def late(count, *, after, share=0.5):
    """Periods of which a share is known at once and all of it `after` days after their end."""
    rows = []
    for number in range(count):
        rows += [
            (number * 10, number * 10 + 11, 100.0 * share),
            (number * 10, number * 10 + 10 + after, 100.0),
        ]
    return columns(*sorted(rows, key=lambda row: row[1]))


def test_settling_is_measured_from_the_vintages():
    ages = settling(period_revisions(late(60, after=45)), step_days=10.0)
    assert [(age.days, age.median) for age in ages[:6]] == [
        (10, 0.5), (20, 0.5), (30, 0.5), (40, 0.5), (50, 1.0), (60, 1.0),
    ]  # fmt: skip
    assert suggested_settles_after(ages) == 50.0


def test_a_series_without_a_revision_has_no_vintages_to_measure():
    assert settling(period_revisions(late(60, after=5, share=1.0)), step_days=10.0) == []


def test_too_few_periods_say_nothing():
    assert settling(period_revisions(late(20, after=45)), step_days=10.0) == []
    assert suggested_settles_after([]) is None
    assert settling([], step_days=10.0) == []


def test_values_still_moving_at_the_longest_age_have_no_age_to_suggest():
    ages = settling(period_revisions(late(80, after=241)), step_days=10.0)
    assert suggested_settles_after(ages) is None


def test_a_history_loaded_at_once_says_nothing_of_settling():
    rows = columns(*((number * 10, 900, 100.0) for number in range(60)))
    assert settling(period_revisions(rows), step_days=10.0) == []
