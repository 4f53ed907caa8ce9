"""Importing a file of values: all or nothing, unless the good lines are asked for; dry runs write nothing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.domain.errors import NotFound
from monitor.packs.read_import import ImportOptions
from monitor.packs.read_pack import read_pack
from monitor.services.import_observations import ImportFile, import_observations
from monitor.services.install_pack import install_pack
from monitor.storage import audit, observations, series
from monitor.storage.engine import open_database

TINY = read_pack(Path(__file__).parents[1] / "data" / "packs" / "tiny").pack
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FUEL = "fuel-price:mali"
GOOD = "date;valeur\n01/11/2025;1 600,5\n01/12/2025;1 700,25\n13/01/2026;n.d.\n"
BAD = "date,value\n2025-11-01,1600\n2025-12-01,many\n"


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as opened:
        install_pack(opened, TINY, author="console", now=NOW)
        yield opened
    database.dispose()


def run(session, text, *, source="", series=FUEL, **options):
    file = ImportFile(
        name="prices.csv", data=text.encode(), options=ImportOptions(series=series), source=source
    )
    return import_observations(session, file, author="ada", now=NOW, **options)


def values(session):
    return [each.reading.value for each in observations.history(session, FUEL)]


def test_stores_the_values_of_a_file_under_their_indicators_source(session):
    result = run(session, GOOD)

    assert (result.new, result.stored, result.read.missing) == (2, 2, (4,))
    latest = series.latest(session, [FUEL])[FUEL]
    assert (latest.reading.value, latest.source, latest.author) == (1700.25, "desk", "ada")
    assert latest.reading.known_at == datetime(2026, 1, 21, tzinfo=UTC), (
        "20 days after the month, as its source"
    )
    assert latest.reading.is_reconstructed
    assert result.subjects == ("land", "leader")
    assert audit.find_all(session, target="prices.csv")[0].after == {"stored": 2, "unchanged": 0, "faults": 0}


def test_the_same_file_again_stores_nothing(session):
    run(session, GOOD)
    again = run(session, GOOD)
    assert (again.stored, again.unchanged) == (0, 2)
    assert len(audit.find_all(session, target="prices.csv")) == 1


def test_a_dry_run_stores_nothing_and_shows_what_would_be(session):
    before = values(session)
    result = run(session, GOOD, is_dry_run=True)
    assert values(session) == before
    assert [reading.value for _, reading in result.read.readings] == [1600.5, 1700.25]


def test_one_bad_line_keeps_the_whole_file_out(session):
    before = values(session)
    result = run(session, BAD)
    assert values(session) == before
    assert "nothing is stored" in result.refused
    assert [str(fault) for fault in result.read.faults] == ["prices.csv:3 value: 'many' is not a number"]


def test_the_good_lines_are_stored_where_asked_for(session):
    result = run(session, BAD, keep_good=True)
    assert (result.new, len(result.read.faults), result.refused) == (1, 1, "")


def test_a_question_stops_the_file_even_so(session):
    result = run(session, "date,value\n03/04/2025,1\n", keep_good=True)
    assert result.refused == "the file cannot be read without an answer"
    assert result.stored == 0


def test_another_source_may_be_named(session):
    run(session, GOOD, source="desk")
    with pytest.raises(NotFound, match="no source agency"):
        run(session, GOOD, source="agency")


def test_the_full_header_of_history_files_is_read(session):
    text = (
        "series,period_start,period_end,value,low,high,grade,known_at,citation,revision,note\n"
        f"{FUEL},2025-11-01,2025-12-01,1600,1500,1700,B2,2025-12-05,invented,2,late\n"
    )
    assert run(session, text, series="").new == 1
    reading = series.latest(session, [FUEL])[FUEL].reading
    assert (reading.low, reading.grade, reading.citation, reading.source_revision, reading.note) == (
        1500, "B2", "invented", 2, "late",
    )  # fmt: skip


def test_a_file_without_values_stores_nothing(session):
    result = run(session, "date,value\n2025-11-01,\n")
    assert (result.stored, result.refused, result.read.missing) == (0, "", (2,))
