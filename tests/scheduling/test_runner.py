"""The runner: ticks, wakes, survives a failing job, stops when told."""

import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest
import structlog
from structlog.testing import LogCapture

from monitor.bootstrap import build
from monitor.config import load_settings
from monitor.domain.errors import DatabaseUnavailable
from monitor.scheduling import runner, timetable
from monitor.scheduling.runner import Runner, Trouble
from monitor.scheduling.timetable import Job
from monitor.storage import heartbeats
from tests.factories import install_desk
from tests.fakes import an_outside

LONG_SECONDS = 20


@pytest.fixture
def application(tmp_path, sqlite_url):
    environ = {"HEATWATCH_HOME": str(tmp_path), "HEATWATCH_DATABASE_URL": sqlite_url}
    application = replace(build(load_settings(environ)), outside=an_outside({}), channel_kinds={})
    with application.writing() as (session, now):
        install_desk(session, now=now)
    yield application
    application.close()


@pytest.fixture
def logged():
    """What the runner's threads log: between the phases of a test there is no output to write to."""
    capture = LogCapture()
    structlog.configure(processors=[capture])
    return capture.entries


@pytest.fixture
def started(application, monkeypatch, logged):
    """Start a runner on the jobs a test names; it is stopped afterwards."""
    runners = []

    def start(*tasks):
        monkeypatch.setattr(runner, "timetable", lambda: tasks)
        runners.append(Runner(application))
        runners[0].start()
        return runners[0]

    yield start
    for each in runners:
        each.stop()


def test_a_failing_job_is_told_and_the_next_tick_goes_on(application, started):
    turns = []
    again = threading.Event()

    def fail(_):
        turns.append(1)
        if len(turns) > 2:
            again.set()
        raise RuntimeError("the disk is full")

    started(timetable.timetable()[0], Job(name="broken", every_seconds=0.05, run=fail))
    assert again.wait(LONG_SECONDS)
    with application.reading() as (session, _):
        notes = [beat.note for beat in heartbeats.find_all(session)]
    assert notes == ["broken: the disk is full"]


def test_trouble_that_all_jobs_meet_is_one_line_a_minute(application, started, logged):
    full = DatabaseUnavailable("the database cannot be used: database or disk is full")
    turns, enough = [], threading.Event()

    def fail(_):
        turns.append(1)
        if len(turns) > 9:
            enough.set()
        raise full

    jobs = [Job(name=name, every_seconds=0.02, run=fail) for name in ("one", "two")]
    started(timetable.timetable()[0], *jobs)
    assert enough.wait(LONG_SECONDS)
    [line] = [each for each in list(logged) if "disk is full" in str(each)]
    assert "exc_info" not in line


def test_what_was_left_out_is_counted_in_the_next_line(monkeypatch):
    lines, now = [], [100.0]
    monkeypatch.setattr(runner.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(
        runner.structlog, "get_logger", lambda: SimpleNamespace(error=lambda *_, **said: lines.append(said))
    )
    trouble = Trouble()
    for _ in range(3):
        trouble.log("job failed", "full", job="beat")
    now[0] += runner.TROUBLE_SECONDS
    trouble.log("job failed", "full", job="beat")
    assert [line["left_out"] for line in lines] == [0, 2]


def test_a_commit_wakes_the_pipeline_long_before_its_tick(application, started, monkeypatch):
    woken = threading.Event()
    monkeypatch.setattr(runner.jobs, "drain_pipeline", lambda _, **__: woken.set())
    started(timetable.timetable()[0])
    woken.clear()
    with application.writing() as (session, now):
        heartbeats.beat(session, worker="another", now=now)
    assert woken.wait(LONG_SECONDS)


def test_case_24_nothing_is_sent_before_what_a_pause_left_behind_is_evaluated(
    application, started, monkeypatch
):
    done, may_go_on, sent = [], threading.Event(), threading.Event()

    def evaluate(_, **__):
        may_go_on.wait(LONG_SECONDS)
        done.append("evaluated")

    def send(_):
        done.append("sent")
        sent.set()

    monkeypatch.setattr(runner.jobs, "drain_pipeline", evaluate)
    asked = threading.Event()
    tick = Job(name="deliver", every_seconds=0.02, run=send)
    started(timetable.timetable()[0], tick, Job(name="other", every_seconds=0.02, run=lambda _: asked.set()))
    assert asked.wait(LONG_SECONDS)
    assert done == []
    may_go_on.set()
    assert sent.wait(LONG_SECONDS)
    assert done[0] == "evaluated"


def test_what_cannot_be_evaluated_holds_up_messages_for_a_minute_at_most(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(runner.time, "monotonic", lambda: now[0])
    paused = runner.CatchUp()
    assert not paused.may_send
    now[0] += runner.CATCH_UP_SECONDS + 1
    assert paused.may_send
    paused.end()
    paused.begin()
    assert not paused.may_send


def test_stopping_ends_the_threads(application, started):
    running = started(timetable.timetable()[0])
    running.stop()
    assert application.should_stop()
    assert not [thread for thread in threading.enumerate() if "on arrival" in thread.name]


def test_the_timetable_has_each_kind_of_work_once():
    names = [job.name for job in timetable.timetable()]
    expected = [
        "announce",
        "attend",
        "backfill",
        "beat",
        "channels",
        "comms",
        "deliver",
        "escalate",
        "exercises",
        "observe",
        "pack",
        "pipeline",
        "purge",
        "relay",
        "signal",
    ]
    assert sorted(names) == expected
    assert min(job.every_seconds for job in timetable.timetable()) >= 0.5
