"""Observing: sources are asked side by side, so that one that is slow or stuck holds up no other."""

import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.bootstrap import build
from monitor.config import load_settings
from monitor.domain.harvest import Harvest
from monitor.scheduling import observing
from monitor.scheduling.observing import Observers
from monitor.services import observe as observing_service
from monitor.storage import definitions, runs, sources
from tests.factories import NOW, a_source, install_desk
from tests.fakes import an_outside

LONG_SECONDS = 20


class Stuck:
    """A kind of which some sources answer only when a test lets them."""

    def __init__(self, *stuck):
        self.stuck, self.release, self.entered = set(stuck), threading.Event(), threading.Event()
        self.asked = []

    def problems(self, source):
        return ()

    def fetch(self, source, ask, fetcher):
        self.asked.append((source.slug, time.monotonic()))
        if source.slug in self.stuck:
            self.entered.set()
            assert self.release.wait(LONG_SECONDS)
        return Harvest()


@pytest.fixture
def desk(tmp_path, database_url):
    """An application, and a function that gives it sources of a kind."""
    environ = {"HEATWATCH_HOME": str(tmp_path), "HEATWATCH_DATABASE_URL": database_url}
    application = build(load_settings(environ))
    kinds = []

    def with_sources(kind, *slugs):
        kinds.append(kind)
        with application.writing() as (session, now):
            install_desk(session, now=now)
            definitions.save_all(
                session,
                [a_source(slug) for slug in slugs],
                author="test",
                reason="",
                effective_at=NOW,
                now=NOW,
            )
            for number, slug in enumerate(("feed", *slugs)):
                sources.add(session, slug, due_at=now)
                sources.finish(
                    session, slug, now=now, due_at=now - timedelta(seconds=60 - number), failures=0
                )
        return replace(application, outside=an_outside({"fake": kind}))

    yield with_sources
    for kind in kinds:
        kind.release.set()
    application.close()


def last_runs(application, *slugs):
    with application.reading() as (session, _):
        return {slug: run.outcome for slug, run in runs.last(session, slugs).items()}


def test_a_stuck_source_holds_up_no_other(desk):
    kind = Stuck("feed")
    application, observers = desk(kind, "other"), Observers()
    begun = time.monotonic()
    observers.tick(application)
    assert kind.entered.wait(LONG_SECONDS)
    while last_runs(application, "other") != {"other": "empty"}:
        observers.tick(application)
        assert time.monotonic() - begun < LONG_SECONDS
    assert last_runs(application, "feed") == {"feed": ""}
    kind.release.set()
    assert observers.wait(LONG_SECONDS)
    assert last_runs(application, "feed") == {"feed": "empty"}


def test_more_stuck_sources_than_are_asked_at_once_hold_up_no_other(desk, monkeypatch):
    monkeypatch.setattr(observing, "LIVELY", 2)
    stuck = [f"stuck-{number}" for number in range(4)]
    kind = Stuck("feed", *stuck)
    application, observers = desk(kind, *stuck, "last"), Observers()
    begun = time.monotonic()
    while "last" not in last_runs(application, "last") or not last_runs(application, "last")["last"]:
        observers.tick(application)
        assert time.monotonic() - begun < LONG_SECONDS
    kind.release.set()
    assert observers.wait(LONG_SECONDS)
    assert sorted(slug for slug, _ in kind.asked) == sorted(["feed", "last", *stuck])


def test_a_stuck_source_that_is_asked_for_again_is_not_asked_twice(desk):
    kind = Stuck("feed")
    application, observers = desk(kind), Observers()
    observers.tick(application, wait_seconds=0.0)
    assert kind.entered.wait(LONG_SECONDS)
    with application.writing() as (session, now):
        sources.mark_due(session, "feed", now=now)
    observers.tick(application)
    kind.release.set()
    assert observers.wait(LONG_SECONDS)
    assert len(kind.asked) == 1


def test_what_a_worker_that_was_slower_than_its_lease_says_is_void(desk, monkeypatch):
    kind = Stuck("feed")
    application, observers = desk(kind), Observers()
    monkeypatch.setattr(observing_service, "LEASE", timedelta(seconds=0))
    observers.tick(application, wait_seconds=0.0)
    assert kind.entered.wait(LONG_SECONDS)
    monkeypatch.setattr(observing_service, "LEASE", timedelta(minutes=3))
    with application.writing() as (session, now):
        taken = sources.claim(session, "feed", now=now, lease=timedelta(minutes=3))
        before = sources.state(session, "feed")
    assert taken.token == 2
    kind.release.set()
    assert observers.wait(LONG_SECONDS)
    with application.reading() as (session, _):
        assert sources.state(session, "feed") == before
        assert [run.ended_at for run in runs.recent(session, "feed")] == [None]


def test_what_breaks_in_a_thread_is_told_by_a_tick(desk, monkeypatch):
    kind = Stuck()
    application, observers = desk(kind), Observers()

    def fail(database, outside):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(observing, "observe_next", fail)
    with pytest.raises(RuntimeError, match="the disk is full"):
        observers.tick(application, wait_seconds=LONG_SECONDS)
    assert observers.wait(LONG_SECONDS)


def test_a_worker_that_stops_begins_nothing(desk):
    kind = Stuck()
    application = desk(kind)
    application.stopping.set()
    Observers().tick(application)
    assert kind.asked == []
