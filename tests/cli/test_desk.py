"""Values, sources and clocks from the console."""

import pytest

from monitor.bootstrap import build
from monitor.domain.errors import Conflict, InvalidInput, NotFound
from monitor.storage import audit, entries, observations, series
from tests.factories import FUEL, install_desk, standing

OBSERVE = ("observe", FUEL, "312,5", "--from", "2025-11-24", "--to", "2025-11-30", "--citation", "Depot")


@pytest.fixture
def desk(settings):
    application = build(settings)
    with application.writing() as (session, _):
        install_desk(session, clock=standing())
    yield application
    application.close()


def read(desk, ask):
    with desk.reading() as (session, _):
        return ask(session)


def test_a_value_is_stored_by_the_console(run, desk):
    assert "stored" in run(*OBSERVE, "--grade", "b2").output
    (stored,) = read(desk, lambda session: observations.history(session, FUEL))
    assert (stored.reading.value, stored.reading.grade) == (312.5, "B2")
    assert stored.author.startswith("console")


def test_a_value_with_its_link_is_withdrawn_by_the_row_that_was_printed(run, desk):
    said = run(*OBSERVE, "--link", "https://example.org/depot").output
    row = said.split()[-1]
    key = f"observation/{FUEL}/{row}"
    assert [each.url for each in read(desk, lambda session: entries.attached(session, [key]))] == [
        "https://example.org/depot"
    ]
    assert "holds again" in run("withdraw", FUEL, row, "--reason", "typed twice").output
    assert read(desk, lambda session: series.latest(session, [FUEL])) == {}
    with pytest.raises(Conflict, match="withdrawn already"):
        run("withdraw", FUEL, row, "--reason", "again")


def test_a_value_known_already_is_said_so(run, desk):
    run(*OBSERVE)
    assert "holds this value already" in run(*OBSERVE).output


def test_a_negative_value_stands_after_two_dashes(run, desk):
    run("observe", "--from", "2025-11-24", "--citation", "Depot", "--", FUEL, "-4.5")
    (stored,) = read(desk, lambda session: observations.history(session, FUEL))
    assert stored.reading.value == -4.5


def test_a_value_that_cannot_be_used_is_refused(run, desk):
    with pytest.raises(InvalidInput, match="not a number"):
        run("observe", FUEL, "much", "--from", "2025-11-24", "--citation", "Depot")
    assert "--citation" in run("observe", FUEL, "3", "--from", "2025-11-24", expect=2).output


def test_a_value_that_would_set_an_archive_live_needs_a_yes(run, desk):
    later = ("observe", FUEL, "312", "--from", "2025-12-01", "--citation", "Depot")
    with pytest.raises(InvalidInput, match=r"sets it live.*add --yes"):
        run(*later)
    assert read(desk, lambda session: observations.history(session, FUEL)) == []
    assert "stored" in run(*later, "--yes").output


def test_bounds_take_a_decimal_comma(run, desk):
    run(*OBSERVE, "--low", "300,5", "--high", "330,25")
    (stored,) = read(desk, lambda session: observations.history(session, FUEL))
    assert (stored.reading.low, stored.reading.high) == (300.5, 330.25)


def test_a_source_is_cut_off_listed_and_restored(run, run_json, desk):
    run("source", "cut", "feed", "--reason", "drill")
    assert [source["is_cut"] for source in run_json("source", "list")] == [True]
    assert "cut off" in run("source", "list").output
    run("source", "restore", "feed")
    assert "cut off" not in run("source", "list").output
    with pytest.raises(NotFound, match="nowhere"):
        run("source", "cut", "nowhere")


def test_several_sources_are_cut_off_at_once_or_none(run, run_json, desk):
    with pytest.raises(NotFound, match="nowhere"):
        run("source", "cut", "feed", "nowhere")
    assert [source["is_cut"] for source in run_json("source", "list")] == [False]
    assert "feed, feed cut off" in run("source", "cut", "feed", "feed").output


def test_the_demo_says_how_to_see_a_desk_go_blind(run):
    assert "--from 2025-03-01" in run("demo", "--help").output


def test_a_clock_is_set_live_and_standing(run, desk):
    assert "clock live" in run("subject", "clock", "goita", "--live", "--reason", "shift").output
    told = run("subject", "clock", "goita", "--standing", "2025-11-20").output
    assert "clock standing at 2025-11-20 23:59:59 UTC" in told
    entries = read(desk, lambda session: audit.find_all(session, target="goita"))
    assert [entry.after["stands_at"] for entry in entries] == ["2025-11-20T23:59:59+00:00", ""]


def test_a_clock_may_stand_at_an_hour_and_at_nothing_that_is_none(run, desk):
    told = run("subject", "clock", "goita", "--standing", "2025-11-20T06:00").output
    assert "standing at 2025-11-20 06:00:00 UTC" in told
    told = run("subject", "clock", "goita", "--standing", "2025-11-20T08:00:00+02:00").output
    assert "standing at 2025-11-20 06:00:00 UTC" in told
    assert (
        "no day such as 2025-11-30" in run("subject", "clock", "goita", "--standing", "then", expect=2).output
    )


@pytest.mark.parametrize("options", [(), ("--live", "--standing", "2025-11-20")])
def test_a_clock_is_either_live_or_standing(run, desk, options):
    assert "either --live or --standing" in run("subject", "clock", "goita", *options, expect=2).output
