"""`heatwatch source backfill`: asked for, seen and cancelled from the console; a worker does it."""

from datetime import UTC, datetime

import click
import pytest

from monitor.bootstrap import build
from monitor.domain.errors import InvalidInput, NotFound
from monitor.scheduling import backfilling, jobs
from monitor.storage import definitions, sources
from monitor.storage.engine import open_database
from tests.factories import NOW, a_source, install_desk
from tests.fakes import FakeSource, an_outside

HISTORY = ("source", "backfill", "feed", "--since", "2025-10-01", "--until", "2025-10-30")


@pytest.fixture
def desk(home, settings):
    database = open_database(settings.effective_database_url)
    with database.write() as session:
        install_desk(session)
        source = a_source(kind="csv")
        definitions.save(session, source, author="test", reason="", effective_at=NOW, now=NOW)
        sources.finish(session, "feed", now=NOW, due_at=datetime(2037, 1, 1, tzinfo=UTC), failures=0)
    yield database
    database.dispose()


def test_a_history_is_asked_for_and_a_worker_brings_it(desk, run, run_json, settings, monkeypatch):
    said = run(*HISTORY, "--step-days", "10").output
    assert said.startswith("backfill 1 of feed, 2025-10-01 to 2025-10-30, in 3 stretches; a worker does it")
    (waiting,) = run_json("source", "backfills", "feed")
    assert (waiting["state"], waiting["percent_done"], waiting["reached"]) == ("running", 0.0, None)
    application = build(settings)
    monkeypatch.setattr(backfilling, "backfill_next", with_kind(backfilling.backfill_next, FakeSource()))
    jobs.backfill_due(application)
    assert jobs.backfillers.wait(60)
    application.close()
    assert "1  feed, 2025-10-01 to 2025-10-30: done" in run("source", "backfills").output


def with_kind(job, kind):
    return lambda database, _: job(database, an_outside({"csv": kind}))


def test_one_is_cancelled(desk, run, run_json):
    run(*HISTORY)
    assert "is cancelled" in run("source", "backfill", "--cancel", "1", "--reason", "enough").output
    assert run_json("source", "backfills")[0]["state"] == "cancelled"
    with pytest.raises(NotFound, match="no backfill 2"):
        run("source", "backfill", "--cancel", "2")


def test_none_is_said(home, run):
    assert run("source", "backfills").output == "no history was asked for\n"


def test_what_is_missing_or_wrong_is_said(desk, run):
    assert "--since are needed" in run("source", "backfill", "feed", expect=click.UsageError.exit_code).output
    with pytest.raises(InvalidInput, match="step_days 0"):
        run(*HISTORY, "--step-days", "0")
