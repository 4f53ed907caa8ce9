"""Even spacing: months, quarters, years, weeks and days are told from periods that come as they like."""

import numpy as np
import pytest

from monitor.domain.suggestions.even_periods import spacing_of
from tests.domain.months import month_start
from tests.domain.vectors import DAY


def starts(numbers, *, every=1):
    return np.array([month_start(number * every) for number in numbers])


@pytest.mark.parametrize(
    "every,season,per_year",
    [(1, 12, 12), (3, 4, 4), (12, 0, 1)],
    ids=["months", "quarters", "years"],
)
def test_calendar_periods_are_counted_in_months(every, season, per_year):
    spacing = spacing_of(starts(range(8), every=every))
    assert (spacing.months, spacing.season, spacing.per_year) == (every, season, per_year)
    assert spacing.slots(starts([0, 5, 9], every=every)).tolist() == [0, 5, 9]
    assert spacing.start_of(9) == month_start(9 * every)


@pytest.mark.parametrize("days,season", [(1, 7), (7, 52), (10, 0)], ids=["days", "weeks", "ten days"])
def test_other_periods_are_counted_in_days(days, season):
    spacing = spacing_of(np.arange(20) * days * DAY + 3 * DAY)
    assert (spacing.season, spacing.start_of(2)) == (season, (3 + 2 * days) * DAY)
    assert spacing.per_year == pytest.approx(365.25 / days)


def test_a_missing_month_leaves_its_slot_empty():
    spacing = spacing_of(starts([0, 1, 2, 4, 5]))
    assert spacing.slots(starts([4])).tolist() == [4]


@pytest.mark.parametrize(
    "found",
    [
        np.array([0, 30]) * DAY,
        np.array([0, 30, 31, 90, 95, 200]) * DAY,
        np.arange(10) * 3600,
        starts([0, 1, 2, 9, 10, 20]),
        np.array([0, 0, 1, 1, 2, 2]) * 30 * DAY,
    ],
    ids=["two", "as they come", "hours", "mostly gaps", "two at once"],
)
def test_what_is_not_evenly_spaced_has_no_spacing(found):
    assert spacing_of(found) is None
