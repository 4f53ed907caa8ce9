"""Counts by period: every day of a stretch lies in one bar, whatever its length."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.incident_picture import Grain, period_strip

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "days,grain",
    [(1, Grain.DAY), (62, Grain.DAY), (365, Grain.WEEK), (1095, Grain.MONTH), (9000, Grain.YEAR)],
)
def test_periods_are_as_long_as_the_stretch_asks_for(days, grain):
    since = date(2001, 3, 7)
    assert period_strip([], since, since + (days - 1) * DAY).grain is grain


def test_months_are_cut_at_both_ends_and_named():
    strip = period_strip([(date(2024, 2, 29), 2, 5)], date(2023, 1, 15), date(2025, 1, 2))
    assert (strip.bars[0].first, strip.bars[0].last) == (date(2023, 1, 15), date(2023, 1, 31))
    assert (strip.bars[-1].first, strip.bars[-1].last) == (date(2025, 1, 1), date(2025, 1, 2))
    (full,) = (bar for bar in strip.bars if bar.incidents)
    assert (strip.name_of(full), full.incidents, full.killed) == ("Feb 2024", 2, 5)


def test_the_end_of_the_calendar_is_no_end_of_the_world():
    strip = period_strip([(date.max, 1, 0)], date(9900, 1, 1), date.max)
    assert (strip.bars[-1].last, strip.bars[-1].incidents) == (date.max, 1)


@given(
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    st.integers(1, 12_000),
    st.lists(st.tuples(st.integers(0, 11_999), st.integers(1, 9), st.integers(0, 9)), max_size=30),
)
def test_every_incident_is_in_one_bar(since, days, told):
    until = since + (days - 1) * DAY
    given_days = sorted({place: (n, killed) for place, n, killed in told if place < days}.items())
    strip = period_strip(
        [(since + place * DAY, n, killed) for place, (n, killed) in given_days], since, until
    )
    assert sum(bar.incidents for bar in strip.bars) == sum(n for _, (n, _) in given_days)
    assert (strip.bars[0].first, strip.bars[-1].last) == (since, until)
    for before, after in zip(strip.bars, strip.bars[1:], strict=False):
        assert after.first == before.last + DAY
