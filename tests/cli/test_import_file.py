"""Importing a file from the console: what the dry run tells, and what is counted."""

import pytest

from monitor.bootstrap import build
from monitor.storage import observations
from tests.factories import FUEL, install_desk, standing


@pytest.fixture
def desk(settings):
    application = build(settings)
    with application.writing() as (session, _):
        install_desk(session, clock=standing())
    yield application
    application.close()


@pytest.fixture
def file_of(tmp_path):
    def write(text):
        path = tmp_path / "prices.csv"
        path.write_text(text)
        return str(path)

    return write


def test_a_dry_run_says_how_ends_are_read_and_lists_days_included(run, desk, file_of):
    path = file_of("from,to,price\n2025-09-01,2025-09-30,312\n2025-10-01,2025-10-31,\n")
    told = run("import", path, "--series", FUEL, "--dry-run").output
    assert "end dates the last day, included" in told
    assert "1 value would be stored if new; days are included:" in told
    assert f"line 2: {FUEL} 2025-09-01 to 2025-09-30 = 312.0" in told
    assert "1 line without a value: 3" in told
    with desk.reading() as (session, _):
        assert observations.history(session, FUEL) == []


def test_an_end_that_is_not_clear_is_asked_about_and_can_be_said(run, desk, file_of):
    path = file_of("from,to,price\n2025-09-02,2025-09-12,312\n")
    told = run("import", path, "--series", FUEL, expect=1).output
    assert "whether 2025-09-12 belongs to the period it ends is not said" in told
    told = run("import", path, "--series", FUEL, "--ends", "last-day").output
    assert "1 new, 0 revised, 0 known already, 0 lines left out." in told


def test_one_line_is_a_line(run, desk, file_of):
    path = file_of("date,price\n2025-09-01,312\n2025-09-08,many\n")
    told = run("import", path, "--series", FUEL, "--keep-good", expect=1).output
    assert "1 line left out." in told
