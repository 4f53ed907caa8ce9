"""What was in force before a harvest, taken from a series' rows."""

from datetime import timedelta

import numpy as np

from monitor.domain.clock import epoch
from monitor.domain.past import NO_PAST, past_of
from monitor.domain.series import Columns
from tests.factories import NOW, a_reading

DAY = 86_400
END = epoch(NOW)


def rows(*values, low=np.nan):
    """Rows of (days back, value, revision), a week each, in commit order."""
    ends = np.array([END - back * DAY for back, _, _ in values], dtype=np.int64)
    count = len(values)
    none = np.full(count, np.nan)
    return Columns(
        period_start=ends - 7 * DAY, period_end=ends, known_at=ends,
        source_revision=np.array([revision for _, _, revision in values], dtype=np.int64),
        seq=np.arange(count), value=np.array([value for _, value, _ in values], dtype=float),
        low=np.full(count, low), high=none, grade=none,
    )  # fmt: skip


def test_the_row_in_force_counts_and_a_withdrawn_one_does_not():
    past = past_of(rows((7, 100, 0), (0, 5, 1), (0, 6, 0), (14, np.nan, 0)))
    assert past.value.tolist() == [100, 5]
    assert past.value_of(a_reading(1.0)) == 5
    assert past.value_of(a_reading(1.0, ends=NOW - timedelta(days=14))) is None
    assert past.before(END) == (END - 7 * DAY, 100)


def test_what_was_in_force_once_is_no_news():
    past = past_of(rows((0, 5, 0), (0, 6, 1), (7, 2, 0), (7, np.nan, 1)))
    week_before = {"ends": NOW - timedelta(days=7)}
    assert past.news([a_reading(5.0), a_reading(6.0), a_reading(2.0), a_reading(2.0, **week_before)]) == [
        False, False, True, False,
    ]  # fmt: skip


def test_news_is_what_says_something_else_of_its_period():
    past = past_of(rows((7, 100, 0), (0, 5, 0), low=4.0))
    given = [
        a_reading(5.0, low=4.0), a_reading(5.0), a_reading(6.0, low=4.0), a_reading(None),
        a_reading(5.0, low=4.0, days=6), a_reading(100.0, low=4.0, ends=NOW - timedelta(days=7)),
    ]  # fmt: skip
    assert past.news(given) == [False, True, True, True, True, False]
    assert NO_PAST.news(given) == [True] * 6


def test_periods_that_end_together_are_told_apart_by_their_start():
    week, month = rows((0, 5, 0)), rows((0, 50, 0))
    both = Columns(**{
        name: np.concatenate([getattr(week, name), getattr(month, name)]) for name in week.__slots__
    } | {"period_start": np.array([END - 7 * DAY, END - 30 * DAY])})  # fmt: skip
    past = past_of(both)
    given = [a_reading(1.0), a_reading(1.0, days=30), a_reading(1.0, days=9)]
    assert [past.value_of(each) for each in given] == [5, 50, None]
