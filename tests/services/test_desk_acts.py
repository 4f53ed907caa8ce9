"""Small acts of the desk: clocks, sources cut off, channels enabled, heartbeats; each leaves a trace."""

from datetime import timedelta

import pytest

from monitor.domain.clock import Clock, ClockMode, epoch
from monitor.domain.errors import InvalidInput, NotFound
from monitor.services.beat import beat, record_failure
from monitor.services.channel_list import channel_list
from monitor.services.cut_source import cut_source
from monitor.services.readiness import readiness
from monitor.services.set_channel_enabled import set_channel_enabled
from monitor.services.set_clock import set_clock
from monitor.services.source_list import source_list
from monitor.storage import audit, channels, heartbeats, outages, sources, subjects
from monitor.storage.engine import open_database
from monitor.storage.secrets import SecretBox
from tests.factories import NOW, a_channel, install_desk, standing

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
BOX = SecretBox(["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="])


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as opened:
        install_desk(opened, clock=standing())
        yield opened
    database.dispose()


def last_entry(session):
    return audit.find_all(session)[0]


def set_to(session, clock, *, slug="goita"):
    set_clock(session, slug, clock=clock, actor="ana", reason="shift", now=NOW + DAY)


def test_a_clock_set_live_makes_the_subject_due_at_its_new_time(session):
    set_to(session, Clock())
    state = subjects.state(session, "goita")
    assert state.clock.mode is ClockMode.LIVE
    assert (state.assess_due_at, state.assess_slot) == (NOW + DAY, epoch(NOW + DAY))
    entry = last_entry(session)
    assert (entry.actor, entry.action, entry.reason) == ("ana", "subject.set_clock", "shift")
    assert (entry.before["mode"], entry.after["mode"]) == ("standing", "live")


def test_a_clock_cannot_stand_in_the_future(session):
    with pytest.raises(InvalidInput, match="future"):
        set_to(session, standing(NOW + 2 * DAY))


def test_only_an_exercise_has_a_running_clock(session):
    with pytest.raises(InvalidInput, match="exercise"):
        set_to(session, Clock(mode=ClockMode.RUNNING, runs_from=NOW, started_at=NOW))


def test_the_clock_of_nobody_cannot_be_set(session):
    with pytest.raises(NotFound, match="nobody"):
        set_to(session, Clock(), slug="nobody")


def test_a_source_is_cut_off_and_restored_with_a_reason(session):
    cut_source(session, "feed", is_cut=True, actor="ana", reason="drill", now=NOW)
    assert sources.state(session, "feed").is_cut
    assert [line.condition for line in source_list(session)] == ["cut off"]
    assert last_entry(session).action == "source.cut"
    cut_source(session, "feed", is_cut=False, actor="ana", reason="", now=NOW)
    assert [line.condition for line in source_list(session)] == ["never run"]


def test_an_unknown_source_cannot_be_cut_off(session):
    with pytest.raises(NotFound, match="nowhere"):
        cut_source(session, "nowhere", is_cut=True, actor="ana", reason="", now=NOW)


def test_a_failing_source_is_listed_as_such(session):
    sources.finish(session, "feed", now=NOW, due_at=NOW + DAY, failures=3)
    assert [(line.slug, line.condition) for line in source_list(session)] == [("feed", "failing 3x")]


def test_a_channel_is_disabled_and_enabled_again_without_its_old_trouble(session):
    channels.add(session, a_channel(secrets={"signing_secret": "x"}), box=BOX, now=NOW)
    channels.note_trouble(session, "hook", "gone")
    set_channel_enabled(session, "hook", is_enabled=False, actor="ana", reason="", now=NOW)
    assert [(line.channel.is_enabled, line.channel.trouble) for line in channel_list(session)] == [
        (False, "gone")
    ]
    set_channel_enabled(session, "hook", is_enabled=True, actor="ana", reason="mended", now=NOW)
    channel = channel_list(session)[0].channel
    assert (channel.is_enabled, channel.trouble, dict(channel.secrets)) == (True, "", {})
    assert (last_entry(session).action, last_entry(session).reason) == ("channel.enable", "mended")


def test_an_unknown_channel_cannot_be_enabled(session):
    with pytest.raises(NotFound, match="nowhere"):
        set_channel_enabled(session, "nowhere", is_enabled=True, actor="ana", reason="", now=NOW)


def test_beats_close_together_leave_no_outage(session):
    for seconds in (0, 5, 15, 30):
        beat(session, worker="here:1", now=NOW + seconds * SECOND)
    assert outages.between(session, NOW - DAY, NOW + DAY) == []
    assert heartbeats.last(session) == NOW + 30 * SECOND


def test_two_missed_beats_of_all_workers_are_an_outage(session):
    beat(session, worker="here:1", now=NOW)
    beat(session, worker="there:2", now=NOW + 60 * SECOND)
    (outage,) = outages.between(session, NOW - DAY, NOW + DAY)
    assert (outage.started_at, outage.ended_at) == (NOW, NOW + 60 * SECOND)


def test_readiness_names_what_is_missing(session):
    assert readiness(session, now=NOW).problems == ("no worker has run yet",)
    beat(session, worker="here:1", now=NOW)
    assert readiness(session, now=NOW + 30 * SECOND).is_ready
    silent = readiness(session, now=NOW + 31 * SECOND)
    assert silent.problems == ("the worker has been silent since 2025-11-30 12:00:00 UTC",)


def test_readiness_keeps_the_workers_last_failure(session):
    record_failure(session, worker="here:1", note="deliver: no route", now=NOW)
    state = readiness(session, now=NOW)
    assert (state.is_ready, state.worker_note) == (True, "deliver: no route")
