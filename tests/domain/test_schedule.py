"""When a source is asked next: by interval, cron or release, sooner after a failure and while one is owed."""

from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.domain.harvest import Window
from monitor.domain.release import Release
from monitor.domain.schedule import expected, is_scheduled, late_release, next_due, next_planned, window_of
from tests.factories import a_source

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOW = datetime(2025, 11, 18, 12, tzinfo=UTC)


class Daily:
    """CronTimes of expressions that are an hour of the day, such as "14"."""

    def after(self, cron, timezone, moment):
        today = moment.replace(hour=int(cron), minute=0, second=0, microsecond=0)
        return today if today > moment else today + DAY

    def at_or_before(self, cron, timezone, moment):
        today = moment.replace(hour=int(cron), minute=0, second=0, microsecond=0)
        return today if today <= moment else today - DAY


TIMES = Daily()
BY_HAND = a_source(interval_seconds=None)
BY_CRON = a_source(interval_seconds=None, cron="14")
RELEASED = a_source(interval_seconds=None, releases=(Release(cron="11", grace_hours=4),))


def due_after(source, *, now=NOW, failures=0, last_new_at=None, **asked):
    due = next_due(source, now=now, failures=failures, last_new_at=last_new_at, times=TIMES, **asked)
    return None if due is None else due - now


@pytest.mark.parametrize(
    "source,is_asked", [(BY_HAND, False), (BY_CRON, True), (RELEASED, True), (a_source(), True)]
)
def test_a_source_without_a_schedule_is_never_asked_by_the_clock(source, is_asked):
    assert is_scheduled(source) is is_asked
    assert (next_planned(source, after=NOW, times=TIMES) is not None) is is_asked
    assert (due_after(source, failures=3) is not None) is is_asked


@pytest.mark.parametrize(
    "source,pause",
    [
        (a_source(interval_seconds=900), 15 * MINUTE),
        (BY_CRON, 2 * HOUR),
        (a_source(interval_seconds=None, cron="14", releases=(Release(cron="13"),)), HOUR),
        (a_source(interval_seconds=900, releases=(Release(cron="13"),)), 15 * MINUTE),
    ],
)
def test_the_next_turn_is_the_first_of_all_that_are_planned(source, pause):
    assert due_after(source, last_new_at=NOW) == pause


def test_turns_missed_in_an_outage_are_one_run():
    after_outage = NOW + 30 * DAY + 5 * MINUTE
    assert next_planned(BY_CRON, after=after_outage, times=TIMES) == NOW + 30 * DAY + 2 * HOUR


@pytest.mark.parametrize("failures,minutes", [(1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (99, 60)])
def test_after_a_failure_it_is_asked_sooner_and_each_time_twice_as_late(failures, minutes):
    assert due_after(a_source(interval_seconds=86_400), failures=failures) == minutes * MINUTE


@pytest.mark.parametrize(
    "source,now", [(a_source(interval_seconds=60), NOW), (BY_CRON, NOW + timedelta(minutes=119))]
)
def test_a_failure_never_makes_it_later_than_planned(source, now):
    assert due_after(source, now=now, failures=9) == MINUTE


@pytest.mark.parametrize(
    "failures,seconds,pause",
    [(1, 60.0, 5 * MINUTE), (1, 1800.0, 30 * MINUTE), (0, 7200.0, 2 * HOUR), (1, 1e9, DAY)],
)
def test_it_is_not_asked_before_the_other_side_said_but_within_a_day(failures, seconds, pause):
    assert due_after(a_source(), failures=failures, retry_after_seconds=seconds) == pause


def test_jitter_depends_on_the_source_and_the_slot_alone():
    slots = [NOW + number * HOUR for number in range(200)]
    late = [
        next_planned(a_source(jitter_seconds=600), after=slot, times=TIMES) - slot - HOUR for slot in slots
    ]
    again = [
        next_planned(a_source(jitter_seconds=600), after=slot, times=TIMES) - slot - HOUR for slot in slots
    ]
    other = next_planned(a_source("other", jitter_seconds=600), after=NOW, times=TIMES) - NOW - HOUR
    assert late == again
    assert other != late[0]
    assert timedelta() <= min(late) < 2 * MINUTE
    assert 8 * MINUTE < max(late) < 10 * MINUTE


@pytest.mark.parametrize(
    "waited,pause",
    [
        (timedelta(), 10 * MINUTE),
        (HOUR, 10 * MINUTE),
        (4 * HOUR, 30 * MINUTE),
        (22 * HOUR, 2 * HOUR),
    ],
)
def test_while_a_release_is_owed_it_is_asked_soon_and_then_less_often(waited, pause):
    assert due_after(RELEASED, now=NOW - HOUR + waited, last_new_at=NOW - DAY) == pause


def test_once_the_release_came_it_rests_until_the_next():
    assert due_after(RELEASED, last_new_at=NOW - 30 * MINUTE) == 23 * HOUR


def test_a_release_is_owed_and_then_late():
    at, last = NOW - HOUR, NOW - DAY
    early, late = NOW + 2 * HOUR, NOW + 3 * HOUR
    assert [each.at for each in expected(RELEASED, now=early, last_new_at=last, times=TIMES)] == [at]
    assert late_release(RELEASED, now=early, last_new_at=last, times=TIMES) is None
    assert late_release(RELEASED, now=late, last_new_at=last, times=TIMES).at == at
    assert late_release(RELEASED, now=late, last_new_at=NOW, times=TIMES) is None


def test_of_several_late_releases_the_oldest_is_told():
    both = a_source(releases=(Release(cron="11", grace_hours=1), Release(cron="9", grace_hours=1)))
    assert late_release(both, now=NOW, last_new_at=NOW - DAY, times=TIMES).at == NOW - 3 * HOUR


def test_a_source_that_never_did_well_owes_no_release():
    assert expected(RELEASED, now=NOW, last_new_at=None, times=TIMES) == ()
    assert due_after(RELEASED) == 23 * HOUR


@pytest.mark.parametrize(
    "trailing,since,first",
    [
        (30, NOW - HOUR, date(2025, 10, 1)),
        (0, NOW - HOUR, date(2025, 11, 1)),
        (30, NOW - 100 * DAY, date(2025, 7, 1)),
        (12, NOW + HOUR, date(2025, 10, 1)),
    ],
)
def test_the_trailing_window_reaches_back_from_the_last_good_run_to_whole_months(trailing, since, first):
    window = window_of(a_source(trailing_days=trailing), since=since, now=NOW)
    assert window == Window(first=first, last=date(2025, 11, 18))


@pytest.mark.parametrize("trailing,since", [(None, NOW - HOUR), (30, None)])
def test_the_first_time_everything_is_asked_for(trailing, since):
    assert window_of(a_source(trailing_days=trailing), since=since, now=NOW) is None
