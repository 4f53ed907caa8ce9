"""Incidents and pairs of them on the command line."""

import json

import pytest

from monitor.bootstrap import build
from monitor.storage import incidents
from tests.domain.test_incident_matching import AMBUSH, SAME
from tests.factories import install_desk, standing


@pytest.fixture
def desk(settings):
    application = build(settings)
    with application.writing() as (session, now):
        install_desk(session, clock=standing())
        incidents.keep(session, [AMBUSH, SAME], now=now)
    yield application
    application.close()


def test_incidents_are_listed_and_filtered(run, desk):
    told = run("incident", "list").output
    assert "acled/1" in told
    assert "ucdp/9" in told
    found = json.loads(run("incident", "list", "--source", "ucdp", "--text", "kayes", "--json").output)
    assert [each["external_id"] for each in found] == ["9"]
    assert "no incident" in run("incident", "list", "--since", "2025-09-15").output


def test_duplicates_are_found_listed_and_decided(run, desk):
    assert "no pair" in run("incident", "duplicates", "list").output
    assert "2 incidents compared, 1 pair alike" in run("incident", "duplicates", "find").output
    assert (
        "0.98 acled/1 ucdp/9 proposed (the same day; 3 km apart"
        in run("incident", "duplicates", "list").output
    )
    told = run("incident", "duplicates", "same", "ucdp/9", "acled/1", "--reason", "one convoy").output
    assert "same by" in told
    assert "no pair" in run("incident", "duplicates", "list", "--state", "proposed").output
    (pair,) = json.loads(run("incident", "duplicates", "list", "--json").output)
    assert (pair["state"], pair["reason"]) == ("same", "one convoy")
    run("incident", "duplicates", "different", "ucdp/9", "acled/1", "--reason", "two convoys")


def test_an_incident_is_named_by_source_and_id(run, desk):
    assert (
        "expected SOURCE/ID"
        in run("incident", "duplicates", "same", "9", "acled/1", "--reason", "x", expect=2).output
    )


def test_a_file_of_incidents_is_imported(run, desk, tmp_path):
    path = tmp_path / "incidents.csv"
    path.write_text("external_id,happened_on,country,kind\nX1,2025-09-12,MLI,attack\nX2,soon,MLI,attack\n")
    told = run("import", str(path), "--incidents", "--source", "feed", expect=1).output
    assert "incidents.csv:3 happened_on: 'soon' is not a date" in told
    assert "Nothing stored" in told
    told = run("import", str(path), "--incidents", "--source", "feed", "--dry-run", "--json", expect=1).output
    assert json.loads(told)["read"] == 1
    told = run("import", str(path), "--incidents", "--source", "feed", "--keep-good", expect=1).output
    assert "1 new or revised, 0 known already, 1 fault." in told
    assert "--incidents needs --source" in run("import", str(path), "--incidents", expect=2).output
