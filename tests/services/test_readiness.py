"""Ready: a worker lives, messages leave, clocks agree; a leap of the clock is said and stops nobody."""

from datetime import timedelta

import pytest

from monitor.domain.alerting.breaker import Breaker
from monitor.services.beat import LEAP, Beaten, SinceLast, beat
from monitor.services.readiness import readiness
from monitor.services.signal_alive import is_signal_due, note_signal
from monitor.storage import channel_states, channels, clock_moves, outages, signals
from monitor.storage.channel_states import ChannelState
from monitor.storage.engine import open_database
from tests.services.alert_rows import NOW, add_channel, raise_event

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as session:
        beat(session, worker="w", now=NOW)
        yield session
    database.dispose()


def problems(session, *, now=NOW, **values):
    return readiness(session, now=now, **values).problems


def test_a_message_that_waits_is_late_unless_its_channel_keeps_it(session):
    add_channel(session)
    raise_event(session)
    late = NOW + 16 * MINUTE
    beat(session, worker="w", now=late)
    assert readiness(session, now=NOW + 15 * MINUTE).oldest_due_at == NOW
    assert problems(session, now=late) == (
        "a message has been due since 2026-11-23 12:00:00 UTC and is not sent",
    )
    breaker = Breaker(failures=5, opens=1, opened_at=NOW, open_until=late)
    channel_states.save(session, "hook", ChannelState(breaker=breaker))
    assert problems(session, now=late) == ()
    channel_states.forget(session, "hook")
    channels.disable(session, "hook")
    assert problems(session, now=late) == ()


def test_clocks_that_differ_are_a_problem(session):
    assert problems(session, host_now=NOW + 30 * SECOND) == ()
    assert problems(session, host_now=NOW + 31 * SECOND) == (
        "the clock of this machine is 31 s ahead of that of the database",
    )
    assert "2 h behind" in problems(session, host_now=NOW - 2 * HOUR)[0]


@pytest.mark.parametrize("by", [LEAP + SECOND, -LEAP - SECOND, 6 * HOUR, -6 * HOUR, timedelta(days=-30)])
def test_a_leap_of_the_clock_is_seen_once_and_stops_nobody(session, by):
    now = NOW + 5 * SECOND + by
    seen = [
        beat(session, worker=name, now=now, since=SinceLast(beat_at=NOW, seconds=5.0)) for name in ("w", "x")
    ]
    assert [each.leapt for each in seen] == [by, by]
    [move] = clock_moves.between(session, now, now)
    assert move.seconds == by.total_seconds()
    state = readiness(session, now=now)
    assert (state.is_ready, state.clock_move) == (True, move)
    assert readiness(session, now=now + timedelta(days=2)).clock_move is None


def test_a_pause_is_an_outage_and_no_leap(session):
    assert beat(session, worker="w", now=NOW + HOUR, since=SinceLast(beat_at=NOW, seconds=3600.0)) == Beaten(
        is_after_gap=True
    )
    assert clock_moves.between(session, NOW, NOW + HOUR) == []
    assert [each.started_at for each in outages.between(session, NOW, NOW + HOUR)] == [NOW]


def test_a_worker_that_begins_sees_that_the_clock_was_set_back(session):
    assert beat(session, worker="new", now=NOW - HOUR).leapt == -HOUR
    assert beat(session, worker="new", now=NOW - HOUR + 5 * SECOND).leapt == timedelta()


def test_the_signal_is_due_each_minute_whatever_the_clock_does(session):
    assert is_signal_due(session, every=MINUTE, now=NOW)
    note_signal(session, problem="", now=NOW)
    assert not is_signal_due(session, every=MINUTE, now=NOW + 59 * SECOND)
    assert is_signal_due(session, every=MINUTE, now=NOW + MINUTE)
    assert is_signal_due(session, every=MINUTE, now=NOW - HOUR)
    note_signal(session, problem="it answered 500", now=NOW + MINUTE)
    found = signals.find(session)
    assert (found.ok_at, found.tried_at, found.note) == (NOW, NOW + MINUTE, "it answered 500")
