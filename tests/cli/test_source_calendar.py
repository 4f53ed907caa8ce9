"""`heatwatch source calendar` and `source run --background`."""

import pytest

from monitor.domain.release import Release
from monitor.storage import definitions, sources
from monitor.storage.engine import open_database
from tests.factories import NOW, a_source, install_desk


@pytest.fixture
def desk(home, settings):
    database = open_database(settings.effective_database_url)
    with database.write() as session:
        install_desk(session)
        releases = (Release(cron="0 14 * * *", name="Daily update"),)
        source = a_source(name="ACLED", kind="csv", releases=releases)
        definitions.save(session, source, author="test", reason="", effective_at=NOW, now=NOW)
    yield database
    database.dispose()


def test_the_calendar_is_for_people_programs_and_calendars(desk, run, run_json):
    assert "ACLED: Daily update expected, late from" in run("source", "calendar").output
    entries = run_json("source", "calendar", "--days", "2")["entries"]
    assert [entry["what"] for entry in entries] == ["run", "release", "release"]
    assert run("source", "calendar", "--ics").output.count("BEGIN:VEVENT") == 7


def test_nothing_planned_is_said(home, run):
    assert run("source", "calendar").output == "nothing is planned in the next 7 days\n"


def test_a_worker_is_left_to_ask(desk, run):
    with desk.write() as session:
        sources.finish(session, "feed", now=NOW, due_at=None, failures=0)
    assert "next worker" in run("source", "run", "feed", "--background", "--reason", "now").output
    with desk.read() as session:
        assert sources.state(session, "feed").due_at is not None
