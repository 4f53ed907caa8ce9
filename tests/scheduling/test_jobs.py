"""Jobs: each drains what is due through its service, on either engine."""

from dataclasses import replace

import pytest

from monitor.bootstrap import build
from monitor.config import load_settings
from monitor.scheduling import jobs
from monitor.services.exercise import start_exercise
from monitor.storage import alerts, channels, heartbeats, heat_points, observations, subjects
from tests.factories import DEATHS, NOW, a_channel, a_level_rule, a_reading, install_desk, standing
from tests.fakes import FakeChannel, FakeSource

HISTORY = [a_reading(500.0), a_reading(500.0, series=DEATHS)]


@pytest.fixture
def channel():
    return FakeChannel()


@pytest.fixture
def application(tmp_path, database_url, channel):
    environ = {"HEATWATCH_HOME": str(tmp_path), "HEATWATCH_DATABASE_URL": database_url}
    built = build(load_settings(environ))
    application = replace(
        built, channel_kinds={"fake": channel}, source_kinds={"fake": FakeSource(HISTORY, HISTORY)}
    )
    with application.writing() as (session, now):
        install_desk(session, now=now, clock=standing(), rules=(a_level_rule(),))
        channels.add(session, a_channel(takes_exercises=True), box=application.secrets, now=now)
    yield application
    application.close()


def open_alerts(application):
    with application.reading() as (session, _):
        return [alert.rule for alert in alerts.find_open(session)]


def test_a_due_source_is_observed_assessed_and_told(application, channel):
    jobs.observe_due(application)
    assert jobs.drain_pipeline(application) == 1
    assert open_alerts(application) == ["level"]
    jobs.deliver_due(application)
    assert [body for _, body in channel.sent] == [b"alert.firing critical"]


def test_a_second_turn_finds_nothing_to_do(application, channel):
    for _ in range(2):
        jobs.observe_due(application)
        jobs.drain_pipeline(application)
        jobs.deliver_due(application)
    assert jobs.drain_pipeline(application) == 0
    assert jobs.deliver_due(application) is None
    assert len(channel.sent) == 1


def test_a_worker_that_is_stopping_claims_nothing(application):
    jobs.observe_due(application)
    application.stopping.set()
    assert jobs.drain_pipeline(application) == 0
    with application.reading() as (session, _):
        assert subjects.has_marks(session, "goita")


def test_an_exercise_is_played_to_its_end(application):
    with application.writing() as (session, now):
        observations.add(session, HISTORY, source="feed", author="", note="", now=now)
    jobs.drain_pipeline(application)
    with application.writing() as (session, now):
        copy = start_exercise(
            session, "goita", runs_from=NOW.replace(day=25), runs_until=NOW, speed=1e9, now=now
        )
    assert jobs.any_exercise_runs(application)
    jobs.advance_exercises(application)
    jobs.advance_exercises(application)
    assert not jobs.any_exercise_runs(application)
    with application.reading() as (session, _):
        assert heat_points.last(session, [copy])[copy].heat == pytest.approx(0.0)


def test_a_beat_says_that_the_worker_lives(application):
    jobs.beat(application)
    with application.reading() as (session, now):
        assert abs((now - heartbeats.last(session)).total_seconds()) < 60
