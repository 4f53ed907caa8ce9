"""The days asked for, and the periods that they would cut."""

from datetime import UTC, date, datetime

import pytest

from monitor.domain.harvest import Window

NOW = datetime(2025, 11, 18, 12, tzinfo=UTC)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "first,whole", [("2025-11-15", "2025-11-01"), ("2025-11-07", "2025-10-01"), ("2025-01-02", "2024-12-01")]
)
def test_whole_days_begin_before_every_week_and_month_they_touch(first, whole):
    window = Window(first=date.fromisoformat(first), last=date(2025, 11, 18))
    assert window.whole == Window(first=date.fromisoformat(whole), last=date(2025, 11, 18))


@pytest.mark.parametrize(
    "last,start,end,is_cut",
    [
        ("2025-11-18", "2025-10-10", "2025-10-11", False),
        ("2025-11-18", "2025-10-09T23:00", "2025-10-10T01:00", True),
        ("2025-11-18", "2025-10-01", "2025-11-01", True),
        # A month that still runs is as it is now, whoever asks.
        ("2025-11-18", "2025-11-01", "2025-12-01", False),
        ("2025-10-31", "2025-10-10", "2025-11-01", False),
        ("2025-10-30", "2025-10-10", "2025-11-01", True),
        ("2025-10-30", "2025-11-01", "2025-12-01", True),
    ],
)
def test_a_period_is_cut_that_does_not_lie_in_the_days(last, start, end, is_cut):
    window = Window(first=date(2025, 10, 10), last=date.fromisoformat(last))
    assert window.cuts(at(start), at(end), now=NOW) is is_cut
