"""One period alone: what is left out, what settles, and how periods are named."""

from dataclasses import replace

import numpy as np
import pytest

from monitor.domain.scoring.newest import raw_value
from monitor.domain.scoring.one_period import name_of_period, periods_in, up_to_period
from tests.domain.vectors import DAY, columns, row


def second(text):
    return int(np.datetime64(text, "s").astype(np.int64))


def imputed(series, place):
    """The series with one row filled in."""
    return replace(series, imputed=np.arange(len(series)) == place)


@pytest.mark.parametrize(
    "start,end,name",
    [
        ("2021-01-01", "2022-01-01", "2021"),
        ("2017-01-01", "2022-01-01", "2021"),
        ("2021-08-01", "2021-09-01", "2021-08"),
        ("2021-07-01", "2021-10-01", "2021-09"),
        ("2021-12-01", "2022-01-01", "2021-12"),
        ("2021-12-31", "2022-01-01", "2021-12-31"),
        ("2021-08-02", "2021-08-09", "2021-08-08"),
        ("2021-06-15", "2022-06-15", "2022-06-14"),
    ],
)
def test_a_period_is_named_by_what_it_ends_with(start, end, name):
    assert name_of_period(second(start), second(end)) == name


def test_periods_are_those_of_observed_values_newest_first_each_end_once():
    year, month = second("2021-01-01") // DAY, second("2021-12-01") // DAY
    yearly = columns(row(year, 1.0, length=365), row(year - 366, np.nan, length=366))
    monthly = columns(row(month - 30, 1.0, length=30), row(month, 1.0, length=31))
    filled = imputed(columns(row(month + 31, 1.0)), 0)
    assert periods_in([yearly, monthly, filled]) == ("2021", "2021-11")
    assert periods_in([]) == ()


def test_later_periods_are_left_out_the_rest_is_settled_and_denominators_stay_whole():
    series = columns(row(0, 1.0), row(1, 2.0), row(2, 3.0))
    cut = up_to_period({"a:X": series, "people:X": series}, ["a:X"], end=2 * DAY)
    assert cut["a:X"].value.tolist() == [1.0, 2.0]
    assert cut["a:X"].confirmed.all()
    assert cut["people:X"] is series


def test_a_raw_value_is_that_of_the_period_as_it_came():
    series = imputed(columns(row(0, 1.0), row(1, 2.0), row(2, 9.0)), 2)
    seen = {"at": 9 * DAY, "known_at": 9 * DAY}
    assert raw_value(series, period=(0, DAY), **seen) == 1.0
    assert raw_value(series, period=(-1, -1), **seen) == 2.0
    assert np.isnan(raw_value(series, period=(2 * DAY, 3 * DAY), **seen))
    assert np.isnan(raw_value(series, period=(-1, -1), at=9 * DAY, known_at=0))
