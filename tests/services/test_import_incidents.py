"""Importing a file of incidents: all or nothing, unless the good lines are asked for."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from monitor.domain.errors import NotFound
from monitor.packs.read_incidents import IncidentFile
from monitor.packs.read_pack import read_pack
from monitor.services.import_incidents import import_incidents
from monitor.services.install_pack import install_pack
from monitor.storage import audit, incidents
from monitor.storage.engine import open_database

TINY = read_pack(Path(__file__).parents[1] / "data" / "packs" / "tiny").pack
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HEADER = "external_id,happened_on,country,kind,latitude,longitude,killed,description\n"
GOOD = HEADER + 'N1,2026-11-01,MLI,ambush,14.5,-11.25,3,"a convoy,\ntwice"\nN2,2026-11-02,MLI,theft,,,,\n'


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as opened:
        install_pack(opened, TINY, author="console", now=NOW)
        yield opened
    database.dispose()


def run(session, text, *, source="desk", **options):
    file = IncidentFile(name="i.csv", data=text.encode())
    return import_incidents(session, file, source=source, author="ada", now=NOW, **options)


def test_incidents_are_stored_and_the_same_file_again_stores_nothing(session):
    assert run(session, GOOD).stored == 2
    found = incidents.of_source(session, "desk")
    assert (found["N1"].description, found["N1"].killed) == ("a convoy,\ntwice", 3)
    assert (found["N2"].happened_on, found["N2"].latitude) == (date(2026, 11, 2), None)
    again = run(session, GOOD)
    assert (again.stored, again.unchanged) == (0, 2)
    assert [entry.action for entry in audit.find_all(session, target="i.csv")] == ["incident.import"]


def test_a_revision_keeps_what_was_said_before(session):
    run(session, GOOD)
    assert run(session, GOOD.replace("-11.25,3", "-11.25,7")).stored == 1
    told = incidents.versions(session, "desk", "N1")
    assert [each.incident.killed for each in told] == [7, 3]


def test_one_bad_line_keeps_the_whole_file_out(session):
    before = incidents.of_source(session, "desk")
    result = run(session, GOOD + "N3,someday,MLI,theft,,,,\n")
    assert incidents.of_source(session, "desk") == before
    assert "nothing is stored" in result.refused
    assert [str(each) for each in result.file.faults] == [
        "i.csv:5 happened_on: 'someday' is not a date (expected YYYY-MM-DD)"
    ]


def test_the_good_lines_are_stored_where_asked_for(session):
    text = GOOD + "N1,2026-11-03,MLI,theft,,,,\nN4,2026-11-03,mali,theft,,,,\n,2026-11-03,MLI,x,,,,\nN5\n"
    result = run(session, text, keep_good=True)
    assert (result.stored, result.file.wrong) == (2, 4)
    assert [(each.line, each.key) for each in result.file.faults] == [
        (5, "external_id"), (6, "country"), (7, "external_id"), (8, ""),
    ]  # fmt: skip


def test_a_dry_run_stores_nothing(session):
    before = incidents.of_source(session, "desk")
    assert run(session, GOOD, is_dry_run=True).file.read == 2
    assert incidents.of_source(session, "desk") == before


def test_a_file_without_a_column_that_is_needed_says_which(session):
    assert "no column external_id, country" in run(session, "happened_on,kind\n2026-11-01,x\n").refused


def test_columns_that_are_not_known_are_told_and_a_semicolon_is_recognised(session):
    text = GOOD.splitlines()[0].replace(",", ";") + ";region\nN9;2026-11-01;MLI;x;;;;;Kayes\n"
    result = run(session, text)
    assert (result.stored, result.file.ignored) == (1, ("region",))


def test_an_unknown_source_is_refused(session):
    with pytest.raises(NotFound, match="no source nobody"):
        run(session, GOOD, source="nobody")
