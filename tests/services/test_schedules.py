"""Sources by their schedules: turns at fixed times, releases that come or do not, windows asked for again."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from monitor.domain.harvest import Window
from monitor.domain.release import Release
from monitor.services.observe import observe
from monitor.services.overview.sources import source_tally
from monitor.storage import definitions, runs, sources
from monitor.storage.rows.desk import SourceStateRow
from monitor.storage.snapshot import current
from tests.factories import NOW, a_reading, a_source, install_desk
from tests.fakes import FakeSource, an_outside, silent

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
YEARLY = Release(cron="0 0 1 1 *", grace_hours=0.001)


@pytest.fixture
def database(database):
    with database.write() as session:
        install_desk(session)
    return database


def define(database, **values):
    with database.write() as session:
        source = a_source(name="ACLED", **values)
        definitions.save(session, source, author="test", reason="", effective_at=NOW, now=NOW)


def state_of(database):
    with database.read() as session:
        return sources.state(session, "feed")


def tally_at(database, now):
    with database.read() as session:
        return source_tally(session, current(session), now=now)


def last_new(database, moment):
    with database.write() as session:
        session.execute(update(SourceStateRow).values(last_new_at=moment, last_ok_at=moment))


def test_a_source_by_cron_is_due_at_its_next_moment(database):
    define(database, interval_seconds=None, cron="30 6 * * *", timezone="Africa/Bamako")
    observe(database, an_outside({"fake": FakeSource([])}), "feed")
    state = state_of(database)
    assert (state.due_at.hour, state.due_at.minute, state.due_at.second) == (6, 30, 0)
    assert timedelta() < state.due_at - state.last_run_at <= DAY


def test_a_failure_of_a_source_by_cron_is_tried_again_soon(database):
    define(database, interval_seconds=None, cron="0 0 1 1 *")
    observe(database, an_outside({"fake": FakeSource(silent())}), "feed")
    state = state_of(database)
    assert state.due_at - state.last_run_at == timedelta(minutes=5)


def test_a_release_that_has_not_come_makes_a_run_late_until_something_new_comes(database):
    define(database, releases=(YEARLY,))
    with database.read() as session:
        now = database.now(session)
    last_new(database, now - 800 * DAY)
    outside = an_outside({"fake": FakeSource([], [a_reading(480.0)], [a_reading(480.0)])})
    outcomes = [observe(database, outside, "feed") for _ in range(3)]
    assert [outcome.outcome for outcome in outcomes] == ["late", "ok", "unchanged"]
    assert outcomes[0].message.startswith("ACLED: release of ")
    assert outcomes[0].message.endswith(" late)")
    with database.read() as session:
        assert [run.outcome for run in runs.recent(session, "feed")] == ["unchanged", "ok", "late"]


def test_what_was_released_before_the_first_good_run_is_not_owed(database):
    define(database, releases=(YEARLY,))
    outside = an_outside({"fake": FakeSource(silent(), [], [])})
    outcomes = [observe(database, outside, "feed").outcome for _ in range(3)]
    assert outcomes == ["error", "empty", "empty"]
    state = state_of(database)
    assert state.last_new_at is not None
    assert state.last_new_at < state.last_ok_at


def test_while_a_release_is_owed_a_source_is_asked_more_often(database):
    define(database, interval_seconds=None, releases=(YEARLY,))
    with database.read() as session:
        now = database.now(session)
    last_new(database, now - 800 * DAY)
    observe(database, an_outside({"fake": FakeSource([])}), "feed")
    state = state_of(database)
    assert timedelta(minutes=10) <= state.due_at - state.last_run_at <= 6 * HOUR


def test_the_board_tells_which_release_is_owed(database):
    define(database, releases=(Release(cron="0 14 * * TUE", grace_hours=2),))
    tuesday = NOW.replace(month=11, day=18, hour=14)
    last_new(database, tuesday - 5 * DAY)
    assert tally_at(database, tuesday + 2 * HOUR).owed == ()
    with database.write() as session:
        sources.finish(session, "feed", now=tuesday + 2 * HOUR, due_at=None, failures=0)
    found = tally_at(database, tuesday + 2 * HOUR)
    assert found.owed == ("ACLED: release of Tue 18 Nov 14:00 UTC has not come (2 h late)",)
    assert (found.late, found.fine) == (("ACLED",), 0)
    assert tally_at(database, tuesday + HOUR).owed == ()
    last_new(database, tuesday + HOUR)
    assert tally_at(database, tuesday + 2 * HOUR).fine == 1


def test_a_source_that_is_cut_off_owes_nothing(database):
    define(database, releases=(YEARLY,))
    with database.write() as session:
        sources.finish(session, "feed", now=NOW, due_at=None, failures=0)
        sources.set_cut(session, "feed", is_cut=True)
    assert tally_at(database, NOW).owed == ()


def test_a_source_by_cron_is_late_once_its_turn_was_missed_for_an_hour(database):
    define(database, interval_seconds=None, cron="30 6 * * *")
    with database.write() as session:
        sources.finish(session, "feed", now=NOW - DAY, due_at=NOW - HOUR, failures=0)
    assert tally_at(database, NOW).late == ()
    assert tally_at(database, NOW + HOUR).late == ("ACLED",)


def test_days_before_the_last_good_run_are_asked_for_again(database):
    define(database, trailing_days=30)
    kind = FakeSource([], [])
    observe(database, an_outside({"fake": kind}), "feed")
    observe(database, an_outside({"fake": kind}), "feed")
    first, again = [ask for _, ask in kind.asked]
    assert first.window is None
    assert again.window == Window(first=again.since.date() - 30 * DAY, last=again.now.date()).whole
