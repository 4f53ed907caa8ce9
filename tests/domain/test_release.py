"""A release is owed until something new comes, and late once its grace has passed."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.release import Expected, Release

AT = datetime(2025, 11, 18, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEKLY = Expected(release=Release(cron="0 14 * * TUE", grace_hours=2), at=AT)


@pytest.mark.parametrize(
    "last_new_at,has_come",
    [(None, True), (AT - timedelta(minutes=61), False), (AT - HOUR, True), (AT, True), (AT + HOUR, True)],
)
def test_what_came_since_an_hour_before_its_moment_is_it(last_new_at, has_come):
    assert WEEKLY.has_come(last_new_at) is has_come


def test_it_is_late_once_its_grace_has_passed():
    assert WEEKLY.late_at == AT + 2 * HOUR


@pytest.mark.parametrize(
    "after,words",
    [(timedelta(minutes=30), "30 min"), (2.5 * HOUR, "2 h"), (47 * HOUR, "47 h"), (80 * HOUR, "3 days")],
)
def test_that_it_has_not_come_is_said_with_how_late_it_is(after, words):
    expected = f"ACLED: release of Tue 18 Nov 14:00 UTC has not come ({words} late)"
    assert WEEKLY.sentence("ACLED", now=AT + after) == expected


def test_a_release_with_a_name_is_called_by_it():
    named = Expected(release=Release(cron="0 14 * * TUE", name="Weekly update"), at=AT)
    assert named.sentence("ACLED", now=AT + HOUR).startswith("ACLED: Weekly update of Tue 18 Nov 14:00 UTC")
