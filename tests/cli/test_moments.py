"""Moments as people write them on the command line: a day, a UTC moment, a moment with a zone."""

from datetime import UTC, datetime

import click
import pytest

from monitor.cli.moments import WRITTEN, end_of, start_of

NOW = datetime(2025, 11, 30, 12, tzinfo=UTC)


def written(text):
    return WRITTEN.convert(text, None, None)


@pytest.mark.parametrize(
    "text,moment",
    [
        ("2021-12-31T23:59:59Z", datetime(2021, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2021-12-31T23:59Z", datetime(2021, 12, 31, 23, 59, tzinfo=UTC)),
        ("2021-12-31T23:59:59", datetime(2021, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2022-01-01T01:30:00+02:00", datetime(2021, 12, 31, 23, 30, tzinfo=UTC)),
        ("2021-12-31T00:00Z", datetime(2021, 12, 31, tzinfo=UTC)),
    ],
)
def test_a_moment_is_utc_or_of_the_zone_it_names(text, moment):
    assert end_of(written(text), NOW) == start_of(written(text)) == moment


def test_a_day_is_its_end_or_its_start_and_today_the_present():
    assert end_of(written("2021-12-31"), NOW) == datetime(2021, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert start_of(written("2021-12-31")) == datetime(2021, 12, 31, tzinfo=UTC)
    assert end_of(written("2025-11-30"), NOW) == NOW
    assert end_of(None, NOW) is start_of(None) is None
    assert written(NOW) == NOW


@pytest.mark.parametrize(
    "text", ["soon", "2021-13-01", "2021-12-31T25:00", "2021-1-1", "0001-01-01T00:00+14:00"]
)
def test_what_is_no_moment_is_refused_with_an_example(text):
    with pytest.raises(click.BadParameter, match="no day such as 2025-11-30"):
        written(text)
