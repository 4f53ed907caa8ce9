"""explain, heat, ledger, verify, revisions and confirm, as a person types them."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from monitor.services.assess import assess
from monitor.storage import observations
from monitor.storage.engine import open_database
from tests.boards import add_subject, begin

SUBJECT, SERIES = "mali", "mali-0:here"


@pytest.fixture
def database(home, sqlite_url):
    database = open_database(sqlite_url)
    with database.write() as session:
        now = database.now(session)
        begin(session, now=now)
        add_subject(session, SUBJECT, rise=9, now=now)
    yield database
    database.dispose()


@pytest.mark.usefixtures("database")
def test_explain_prints_the_tree_with_formulas(run, run_json):
    printed = run("explain", SUBJECT).stdout
    for words in ("Mali", "published, point", "thresholds:", "coverage 1", "level Heated", "indicator v1"):
        assert words in " ".join(printed.split())
    tree = run_json("explain", SUBJECT)["tree"]
    [node] = tree["top"]["groups"][0]["placements"]
    assert node["pressure"] == tree["heat"] == node["normalised"]["pressure"]
    assert node["provenance"]["title"] == "Brief"


@pytest.mark.usefixtures("database")
def test_explain_of_a_past_moment_says_that_it_is_reconstructed(run, run_json):
    day = f"{datetime.now(UTC) - timedelta(days=30):%Y-%m-%d}"
    assert "(reconstructed)" in " ".join(run("explain", SUBJECT, "--at", day).stdout.split())
    found = run_json("explain", SUBJECT, "--at", day, "--as-of", day)
    assert (found["line"], found["as_of"][:10]) == ("as_of", day)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("which", ["published", "reconstructed", "restated"])
def test_heat_as_text_csv_and_json(run, run_json, which):
    assert "coverage" in run("heat", SUBJECT, "--line", which).stdout
    rows = list(csv.DictReader(io.StringIO(run("heat", SUBJECT, "--line", which, "--csv").stdout)))
    found = run_json("heat", SUBJECT, "--line", which)
    assert len(found["points"]) == len(rows) > 0
    assert found["points"][-1]["heat"] == float(rows[-1]["heat"])
    assert found["line"] == which
    assert [line["days"] for line in found["momentum"]] == [7, 30]


@pytest.mark.usefixtures("database")
def test_heat_of_a_span_without_points(run):
    assert "no published heat in this span" in run("heat", SUBJECT, "--until", "2001-01-01").stdout


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("by", ["cause", "driver", "indicator"])
def test_a_ledger_adds_up(run, run_json, by):
    day = f"{datetime.now(UTC) - timedelta(days=40):%Y-%m-%d}"
    assert "in all" in run("ledger", SUBJECT, "--from", day, "--by", by).stdout
    found = run_json("ledger", SUBJECT, "--from", day, "--by", by)
    assert sum(each["heat_delta"] for each in found["sums"]) == pytest.approx(found["delta_heat"], abs=1e-9)


def test_verify_finds_what_was_tampered_with(run, run_json, database):
    assert f"{SUBJECT}: 1 published point found again to the last bit" in run("verify", "heat").stdout
    assert run_json("verify", "heat", SUBJECT)["is_sound"] is True
    with database.write() as session:
        session.execute(text("UPDATE heat_point SET heat = heat + 1e-12 WHERE origin = 'published'"))
    assert "heat is" in run("verify", "heat", expect=1).stdout
    assert run_json("verify", "heat", expect=1)["subjects"][0]["first"]["column"] == "heat"
    run("verify", "heat", "--tolerance", "1e-9")


def test_revisions_and_a_confirmation(run, run_json, database):
    assert "there are no revisions to measure it by" in run("revisions", SERIES).stdout
    with database.write() as session:
        now = database.now(session)
        [newest, *_] = observations.history(session, SERIES)
        reading = newest.reading
        changed = type(reading)(**{
            name: getattr(reading, name) for name in reading.__dataclass_fields__
        } | {"value": reading.value - 1, "low": None, "high": None, "known_at": now})  # fmt: skip
        observations.add(session, [changed], source="feed", author="", note="", now=now)
        assess(session, SUBJECT, slot=None, now=now, claimed_at=now)
    assert "1.0" in run("revisions", SERIES, "--all").stdout
    assert run_json("revisions", SERIES)["rows"][0]["revisions"] == 1
    day = f"{reading.period_start:%Y-%m-%d}"
    assert "confirmed" in run("confirm", SERIES, day, "--reason", "counted again").stdout
    assert "had been confirmed already" in run("confirm", SERIES, day, "--reason", "again").stdout
    assert run_json("revisions", SERIES)["rows"][0]["is_confirmed"] is True
    assert "found again to the last bit" in run("verify", "heat", SUBJECT).stdout
