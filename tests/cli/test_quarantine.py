"""The quarantine on the command line."""

from datetime import timedelta

import pytest

from monitor.domain.observation import Reading
from monitor.services.judge_readings import judge_readings, keep_quarantined
from monitor.storage.engine import open_database
from tests.factories import FUEL, NOW, a_source, an_indicator, install_desk


@pytest.fixture
def held(home, sqlite_url):
    """Three values that wait, of one run."""
    database = open_database(sqlite_url)
    with database.write() as session:
        install_desk(session, indicators=(an_indicator(plausible_high=500), an_indicator("conflict-deaths")))
        starts = [NOW - timedelta(days=7 * back) for back in (3, 2, 1)]
        readings = [
            Reading(
                series=FUEL, period_start=start, period_end=start + timedelta(days=7), value=900.0,
                known_at=NOW,
            )
            for start in starts
        ]  # fmt: skip
        judged = judge_readings(session, a_source(), readings, now=NOW)
        keep_quarantined(session, judged, source="feed", run_id=4, now=NOW)
    database.dispose()


def test_what_waits_is_listed_with_its_reason(run, run_json, held):
    assert "range: 900 is above 500, the most that is plausible" in run("quarantine", "list").output
    told = run_json("quarantine", "list", "--series", FUEL, "--run", "4")
    assert told["total"] == 3
    assert told["rows"][0]["period_start"] == "2025-11-09T12:00:00+00:00"
    assert (told["rows"][0]["gate"], told["rows"][0]["state"]) == ("range", "open")
    assert run("quarantine", "list", "--source", "other").output == "Nothing.\n"
    assert "1 of 3 shown" in run("quarantine", "list", "--limit", "1").output


def test_values_are_released_corrected_and_dismissed_with_a_reason(run, run_json, held):
    numbers = [str(row["number"]) for row in run_json("quarantine", "list")["rows"]]
    assert run("quarantine", "release", numbers[0], "--reason", "seen").output == "1 released, 1 stored\n"
    said = run("quarantine", "correct", numbers[1], "--value", "90", "--reason", "typed wrong")
    assert said.output == "1 corrected, 1 stored\n"
    assert "1 dismissed" in run("quarantine", "dismiss", "--run", "4", "--reason", "nonsense").output
    states = [row["state"] for row in run_json("quarantine", "list", "--state", "all")["rows"]]
    assert states == ["released", "corrected", "dismissed"]
    assert "dismissed by console" in run("quarantine", "list", "--state", "all").output


def test_either_numbers_or_a_run_is_asked_for(run, held):
    assert "either" in run("quarantine", "release", "--reason", "x", expect=2).output
    assert "either" in run("quarantine", "dismiss", "1", "--run", "4", "--reason", "x", expect=2).output
    assert "reason" in run("quarantine", "release", "1", expect=2).output


def test_values_of_a_switched_unit_are_rescaled(run, run_json, held):
    numbers = [str(row["number"]) for row in run_json("quarantine", "list")["rows"]]
    said = run("quarantine", "rescale", numbers[0], "--by", "0.1", "--reason", "unit switched")
    assert said.output == "1 rescaled, 1 stored\n"
    said = run("quarantine", "rescale", "--run", "4", "--by", "0.1", "--reason", "unit switched")
    assert said.output == "2 rescaled, 2 stored\n"
    rows = run_json("quarantine", "list", "--state", "corrected")["rows"]
    assert [row["corrected_value"] for row in rows] == [90, 90, 90]
