"""Histories are asked for side by side, and what breaks is told at the next tick."""

import threading
from dataclasses import dataclass, field
from typing import Any

import pytest

from monitor.domain.harvest import Harvest
from monitor.scheduling.backfilling import Backfillers
from monitor.services.start_backfill import start_backfill
from monitor.storage import backfills, definitions, sources
from tests.factories import NOW, a_source, install_desk
from tests.fakes import FakeSource, an_outside

HISTORY = {"since": NOW.date(), "until": NOW.date(), "kinds": {"fake"}, "actor": "ana"}


@dataclass
class Desk:
    """As much of an application as a thread that asks for history needs."""

    database: Any
    outside: Any
    stopping: threading.Event = field(default_factory=threading.Event)

    def should_stop(self):
        return self.stopping.is_set()


@pytest.fixture
def database(database):
    with database.write() as session:
        install_desk(session)
        for slug in ("feed", "slow"):
            definitions.save(session, a_source(slug), author="t", reason="", effective_at=NOW, now=NOW)
            sources.add(session, slug, due_at=None)
            sources.finish(session, slug, now=NOW, due_at=None, failures=0)
            start_backfill(session, slug, now=database.now(session), **HISTORY)
    return database


def state_of(database, slug):
    with database.read() as session:
        return backfills.find_all(session, source=slug)[0].state


def test_a_slow_source_holds_up_no_other_history(database):
    answered = threading.Event()

    def fetch(source, ask, fetcher):
        if source.slug == "slow":
            assert answered.wait(60)
        return Harvest()

    class Watched(Desk):
        def should_stop(self):
            if state_of(database, "feed") == "done":
                assert answered.is_set() or state_of(database, "slow") == "running"
                answered.set()
            return False

    kind = FakeSource()
    kind.fetch = fetch
    desk, backfillers = Watched(database, an_outside({"fake": kind})), Backfillers()
    backfillers.tick(desk)
    assert backfillers.wait(90)
    assert (state_of(database, "feed"), state_of(database, "slow")) == ("done", "done")
    backfillers.tick(desk)
    assert backfillers.wait(60)


def test_a_worker_that_stops_asks_for_nothing_more(database):
    desk, backfillers = Desk(database, an_outside({"fake": FakeSource()})), Backfillers()
    desk.stopping.set()
    backfillers.tick(desk)
    assert backfillers.wait(60)
    assert state_of(database, "feed") == "running"


def test_what_breaks_in_a_thread_is_raised_by_the_next_tick():
    desk, backfillers = Desk(None, None), Backfillers()
    backfillers.tick(desk)
    assert backfillers.wait(60)
    with pytest.raises(AttributeError):
        backfillers.tick(desk)
