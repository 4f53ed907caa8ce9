"""The rate limit: so many attempts in any minute, a kind's own unless the channel says otherwise."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.alerting.rate import in_window, per_minute, room
from tests.factories import a_channel

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "values, expected",
    [
        ({"kind": "webhook"}, 60),
        ({"kind": "email"}, 20),
        ({"kind": "email", "per_minute": 5}, 5),
        ({"kind": "webhook", "per_minute": 0}, 0),
    ],
)
def test_a_channel_has_the_limit_of_its_kind_unless_it_says_otherwise(values, expected):
    assert per_minute(a_channel(**values)) == expected


def test_what_began_in_the_last_minute_takes_room():
    starts = [NOW - timedelta(seconds=age) for age in (60, 59.9, 30, 0)]
    assert in_window(starts, now=NOW) == starts[1:]
    assert room(starts, 5, now=NOW) == 2
    assert room(starts, 2, now=NOW) == 0


def test_no_limit_is_no_limit():
    assert room([NOW] * 1000, 0, now=NOW) is None


def test_a_clock_that_was_set_back_blocks_nothing():
    assert room([NOW + timedelta(hours=6)] * 60, 60, now=NOW) == 60
