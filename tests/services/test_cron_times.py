"""Cron in a time zone: right over both changes of the clock, forwards and backwards."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from monitor.services.cron_times import CRON_TIMES

SE = "Europe/Stockholm"


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    "cron,zone,after,moments",
    [
        ("0 14 * * TUE", "UTC", utc(2025, 11, 18, 14), [utc(2025, 11, 25, 14), utc(2025, 12, 2, 14)]),
        # 29 and 30 March 2025: 06:30 in Stockholm is 05:30, then 04:30 UTC.
        ("30 6 * * *", SE, utc(2025, 3, 29), [utc(2025, 3, 29, 5, 30), utc(2025, 3, 30, 4, 30)]),
        ("30 6 * * *", SE, utc(2025, 10, 25), [utc(2025, 10, 25, 4, 30), utc(2025, 10, 26, 5, 30)]),
        # 02:30 does not exist on 30 March: the first minute after the gap.
        ("30 2 * * *", SE, utc(2025, 3, 29, 12), [utc(2025, 3, 30, 1), utc(2025, 3, 31, 0, 30)]),
        # 02:30 comes twice on 26 October: the first one counts.
        ("30 2 * * *", SE, utc(2025, 10, 25, 12), [utc(2025, 10, 26, 0, 30), utc(2025, 10, 27, 1, 30)]),
        # Asked between the two 02:30 of that night: not again.
        ("30 2 * * *", SE, utc(2025, 10, 26, 1, 15), [utc(2025, 10, 27, 1, 30)]),
        # Every half hour follows elapsed time.
        ("*/30 * * * *", "America/New_York", utc(2025, 11, 2, 5), [
            utc(2025, 11, 2, 5, 30), utc(2025, 11, 2, 6), utc(2025, 11, 2, 6, 30), utc(2025, 11, 2, 7),
        ]),
        ("0 9 L * *", "Africa/Bamako", utc(2024, 2, 1), [utc(2024, 2, 29, 9), utc(2024, 3, 31, 9)]),
    ],
)  # fmt: skip
def test_the_moments_of_an_expression(cron, zone, after, moments):
    found, moment = [], after
    for _ in moments:
        moment = CRON_TIMES.after(cron, zone, moment)
        found.append(moment)
    assert found == moments


@pytest.mark.parametrize("cron", ["30 2 * * *", "*/20 * * * *", "0 0 * * MON", "15 1-3 * * *", "0 3 * * *"])
@pytest.mark.parametrize("zone", [SE, "America/New_York", "Australia/Lord_Howe", "UTC"])
@pytest.mark.parametrize(
    "start", [utc(2025, 3, 29, 20), utc(2025, 4, 5, 9), utc(2025, 10, 25, 20), utc(2025, 11, 2, 1)]
)
def test_backwards_finds_what_forwards_found(cron, zone, start):
    moments = [CRON_TIMES.after(cron, zone, start)]
    while moments[-1] < start + timedelta(hours=12):
        moments.append(CRON_TIMES.after(cron, zone, moments[-1]))
    for first, second in pairwise(moments):
        assert first < second
        assert CRON_TIMES.at_or_before(cron, zone, first) == first
        assert CRON_TIMES.at_or_before(cron, zone, second - timedelta(microseconds=1)) == first
