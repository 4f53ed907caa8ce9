"""A subject's page on the bundled pack: the ledger sums, every figure is cited, queries are few."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.clock import LIVE
from monitor.domain.errors import InvalidInput, NotFound
from monitor.packs.read_pack import read_pack
from monitor.paths import packs_folder
from monitor.services.assess import assess
from monitor.services.install_pack import install_pack
from monitor.services.overview.subject import subject_page
from monitor.services.record_visit import record_visit
from monitor.storage import observations, subjects
from monitor.storage.engine import open_database
from tests.boards import add_subject, begin
from tests.factories import DEATHS, FUEL, NOW, a_reading, install_desk, standing
from tests.services.test_overview_board import counted

TODAY = datetime(2026, 11, 23, 6, tzinfo=UTC)
AUGUST = "2025-08-31"
DAY = timedelta(days=1)
GOITA = "assimi-goita"


@pytest.fixture(scope="module")
def mali(tmp_path_factory):
    """A desk with the Mali pack, assessed once for all tests of this file."""
    from monitor.storage.schema import migrate

    url = f"sqlite:///{tmp_path_factory.mktemp('mali') / 'mali.sqlite3'}"
    migrate(url)
    database = open_database(url)
    with database.write() as session:
        install_pack(session, read_pack(packs_folder() / "mali").pack, author="test", now=TODAY)
        for slug in (GOITA, "mali"):
            assess(session, slug, slot=None, now=TODAY, claimed_at=TODAY)
    yield database
    database.dispose()


@pytest.fixture
def session(mali):
    with mali.read() as opened:
        yield opened


@pytest.fixture
def view(session):
    return subject_page(session, GOITA, now=TODAY, since=AUGUST)


def test_goita_is_cold_as_of_november_2025_and_says_so(view):
    assert (view.standing.level, view.standing.is_archive) == ("Cold", True)
    assert view.standing.as_of == datetime(2025, 11, 30, 23, 59, 59, tzinfo=UTC)


def test_the_bottom_line_fits_a_message(view):
    assert len(view.brief.bottom_line) <= 160
    assert view.brief.bottom_line.startswith("Assimi Goïta is Cold")


def test_supply_and_economy_moved_him_most_since_august(view):
    assert view.ledger.lines[0].name == "Supply and economy"
    assert view.ledger.lines[0].is_driver


def test_the_drivers_of_the_ledger_add_up_to_the_change(view):
    drivers = sum(line.delta for line in view.ledger.lines if line.is_driver)
    assert drivers == pytest.approx(view.ledger.delta, abs=0.06)
    assert view.ledger.end_heat - view.ledger.start_heat == pytest.approx(view.ledger.delta, abs=1e-9)
    assert view.ledger.end_heat == pytest.approx(view.standing.heat, abs=1e-9)


def test_the_points_of_the_drivers_are_what_is_missing_from_a_hundred(view):
    points = sum(driver.points for driver in view.drivers)
    assert 100 + points == pytest.approx(view.standing.heat, abs=1e-6)
    items = sum(item.points for driver in view.drivers for item in driver.items)
    assert items == pytest.approx(points, abs=1e-6)


def test_every_indicator_shows_value_time_grade_and_citation(view):
    for driver in view.drivers:
        for item in driver.items:
            assert item.value != "–", item.name
            assert item.when
            assert item.grade
            assert item.cited.is_there, item.name


def test_values_are_said_in_the_indicators_own_words(view):
    by_slug = {item.series: item for driver in view.drivers for item in driver.items}
    assert by_slug["people-shut-in:ML01"].value == "197\u202f000"
    assert by_slug["elections:mali"].value == "put off to 2030"
    assert by_slug["fuel-price:bamako"].strip.joints[0] == "100"


def test_citations_are_numbered_without_a_gap(view):
    assert [cited.number for cited in view.cited] == list(range(1, len(view.cited) + 1))


def test_conflicts_between_sources_are_shown(view):
    assert any("Wagner" in row.statement.text for row in view.conflicts)
    assert all(row.statement.contested for row in view.conflicts)


def test_no_event_lies_after_the_subjects_own_time(view):
    assert view.events
    assert all(row.event.starts_on <= view.standing.as_of.date() for row in view.events)


def test_the_map_says_who_holds_what(view):
    notes = {note.code: note for note in view.map.notes}
    assert (notes["ML05"].is_hatched, notes["ML08"].shade, notes["ML02"].shade) == (True, 2, 0)
    assert notes["ML01"].mark == "197k shut in"


def test_the_line_before_the_desk_watched_is_called_reconstructed(view):
    assert len(view.chart.reconstructed) > 100
    assert len(view.chart.published) == 1
    assert view.since.is_reconstructed


def test_a_weak_grade_is_a_blind_spot(view):
    assert any(item.blindness == "graded D4" for _, item in view.blind_spots)


@pytest.mark.parametrize(
    "chart_range,days",
    [("90d", 90), ("1y", 365), ("nonsense", 365)],
    ids=["90 days", "a year", "anything else"],
)
def test_the_range_of_the_line_is_chosen_by_the_address(session, chart_range, days):
    chart = subject_page(session, GOITA, now=TODAY, chart_range=chart_range).chart
    assert chart.end - chart.start == days * 86_400


def test_all_of_the_line_begins_at_its_first_point(session):
    chart = subject_page(session, GOITA, now=TODAY, chart_range="all").chart
    assert chart.start == chart.reconstructed.at[0]


@pytest.mark.parametrize("since,days", [("", 90), ("7d", 7), ("30d", 30), ("visit", 90)])
def test_the_span_of_the_ledger_is_ninety_days_unless_said(session, since, days):
    view = subject_page(session, GOITA, now=TODAY, since=since)
    assert view.standing.as_of - view.span_start == timedelta(days=days)


@pytest.mark.parametrize("since", ["yesterday", "2025-13-01", "2026-01-01"])
def test_a_span_that_cannot_be_is_refused(session, since):
    with pytest.raises(InvalidInput):
        subject_page(session, GOITA, now=TODAY, since=since)


def test_an_unknown_subject_is_not_found(session):
    with pytest.raises(NotFound):
        subject_page(session, "nobody", now=TODAY)


def test_a_page_is_drawn_from_a_bounded_number_of_queries(session):
    subject_page(session, GOITA, now=TODAY)
    with counted(session) as statements:
        subject_page(session, GOITA, now=TODAY)
    assert len(statements) <= 22


def test_more_indicators_take_no_more_queries(database_url):
    database = open_database(database_url)
    with database.write() as session:
        begin(session)
        add_subject(session, "small", heat=40)
        add_subject(session, "large", heat=40, indicators=12)
        found = []
        for slug in ("small", "large"):
            with counted(session) as statements:
                subject_page(session, slug, now=NOW)
            found.append(len(statements))
    database.dispose()
    assert found[0] == found[1]


def test_since_the_last_visit_begins_at_the_visit(database_url):
    database = open_database(database_url)
    with database.write() as session:
        begin(session)
        add_subject(session, "road", heat=92, rise=10)
        record_visit(session, "road", person_id=_person(session), now=NOW - timedelta(days=3))
        view = subject_page(session, "road", now=NOW, since="visit", person_id=1)
    database.dispose()
    assert view.span_start == NOW - timedelta(days=3)


def _person(session):
    from monitor.domain.person import Role
    from monitor.services.add_person import add_person

    add_person(
        session, email="ana@example.org", name="Ana", role=Role.DESK, password="mango-river-tuesday",
        actor="test", now=NOW,
    )  # fmt: skip
    return 1


def test_live_for_a_while_and_back_is_no_new_beginning(database_url):
    database = open_database(database_url)
    with database.write() as session:
        install_desk(session, clock=standing())
        for key in (FUEL, DEATHS):
            early = a_reading(100, ends=NOW - 20 * DAY, series=key)
            late = a_reading(500, ends=NOW - 10 * DAY, series=key)
            observations.add(session, [early, late], source="feed", author="", note="", now=NOW)
        assess(session, "goita", slot=None, now=TODAY, claimed_at=TODAY)
        began = subject_page(session, "goita", now=TODAY).since
        for clock in (LIVE, standing()):
            subjects.set_clock(session, "goita", clock)
            assess(session, "goita", slot=None, now=TODAY, claimed_at=TODAY)
        view = subject_page(session, "goita", now=TODAY)
        assert (view.standing.level, view.since) == ("Cold", began)
        assert began.at < NOW
    database.dispose()
