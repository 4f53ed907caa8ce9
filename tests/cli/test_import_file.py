"""Importing a file from the console: what the dry run tells, and what is counted."""

import pytest

from monitor.bootstrap import build
from monitor.storage import audit, definitions, observations
from tests.factories import FUEL, an_indicator, install_desk, standing


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


@pytest.fixture
def guarded(desk):
    """The price is plausible up to 500."""
    with desk.writing() as (session, now):
        limited = an_indicator(plausible_high=500)
        definitions.save(session, limited, author="t", reason="t", effective_at=now, now=now)
    return desk


DOUBTFUL = "from,to,price\n2025-09-01,2025-09-30,312\n2025-10-01,2025-10-31,3120\n"
SAYS = f"line 3: {FUEL}: 3\N{NARROW NO-BREAK SPACE}120 is above 500, the most that is plausible"


def test_a_value_that_does_not_pass_is_named_and_keeps_the_file_out(run, run_json, guarded, file_of):
    path = file_of(DOUBTFUL)
    told = run("import", path, "--series", FUEL, expect=1).output
    assert SAYS in told
    assert "Nothing stored: some values do not pass their quality gates" in told
    assert SAYS in run("import", path, "--series", FUEL, "--dry-run", expect=1).output
    (doubt,) = run_json("import", path, "--series", FUEL, expect=1)["doubtful"]
    assert (doubt["line"], doubt["gate"]) == (3, "range")


def test_the_good_lines_or_by_force_all_of_them_are_stored(run, guarded, file_of):
    path = file_of(DOUBTFUL)
    told = run("import", path, "--series", FUEL, "--keep-good", expect=1).output
    assert "1 new, 0 revised, 0 known already, 1 line left out." in told
    told = run("import", path, "--series", FUEL, "--force").output
    assert SAYS in told
    assert "1 new, 0 revised, 1 known already, 0 lines left out." in told
    with guarded.reading() as (session, _):
        assert [each.reading.value for each in observations.history(session, FUEL)] == [3120, 312]
        assert audit.find_all(session)[0].after["forced"] == 1


def test_a_series_that_is_new_is_held_to_its_indicators_limits(run, guarded, file_of):
    path = file_of(DOUBTFUL)
    told = run("import", path, "--series", "fuel-price:kayes", expect=1).output
    assert "fuel-price:kayes: 3" in told
