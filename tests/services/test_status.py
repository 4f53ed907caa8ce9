"""The state of the desk for programs: every subject, worst first, with what moved it."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from monitor.packs.read_pack import read_pack
from monitor.paths import packs_folder
from monitor.services.assess import assess, claim_assessment
from monitor.services.install_pack import install_pack
from monitor.services.status import status
from monitor.storage import observations
from tests.factories import DEATHS, NOW, a_reading, install_desk, standing

DAY = timedelta(days=1)
TODAY = datetime(2026, 11, 23, 6, tzinfo=UTC)
GOITA = "assimi-goita"


@pytest.fixture
def session(database):
    with database.write() as opened:
        install_desk(opened, clock=standing())
        yield opened


@pytest.fixture
def mali(database):
    """A desk with the bundled pack, assessed."""
    with database.write() as opened:
        install_pack(opened, read_pack(packs_folder() / "mali").pack, author="test", now=TODAY)
        for slug in (GOITA, "mali"):
            assess(opened, slug, slot=None, now=TODAY, claimed_at=TODAY)
        yield opened


def learn(session, *readings):
    observations.add(session, list(readings), source="feed", author="", note="", now=NOW)
    claim_assessment(session, now=NOW)
    assess(session, "goita", slot=None, now=NOW, claimed_at=NOW)


def look(session, *, since=None, exercises=False):
    view = status(session, now=NOW + DAY, since=since, with_exercises=exercises)
    (line,) = view["subjects"]
    return line


def line_of(session, slug, **options):
    lines = status(session, now=TODAY, **options)["subjects"]
    return next(line for line in lines if line["slug"] == slug)


@contextmanager
def counted(session):
    statements = []

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_subject_of_which_nothing_is_known_is_unknown_and_not_calm(session):
    line = look(session)
    assert (line["level"], line["concern"], line["heat"], line["last_level"]) == ("Unknown", None, None, None)
    assert (line["movers"], line["open_alerts"]) == ([], 0)


def test_a_subject_stands_where_its_last_point_says(session):
    learn(session, a_reading(500), a_reading(500, series=DEATHS))
    line = look(session)
    assert (line["heat"], line["pressure"], line["concern"]) == (0.0, 100.0, "critical")
    assert (line["clock"], line["as_of"]) == ("standing", "2025-11-30T12:00:00Z")


def test_movers_are_the_drivers_and_add_up_to_the_move(session):
    learn(
        session,
        a_reading(100, ends=NOW - 20 * DAY),
        a_reading(100, series=DEATHS, ends=NOW - 20 * DAY),
        a_reading(500),
        a_reading(250, series=DEATHS),
    )
    line = look(session, since=NOW - 10 * DAY)
    assert line["movers"][0]["driver"] == "supply"
    assert sum(mover["delta"] for mover in line["movers"]) == pytest.approx(line["heat"] - 100)


def test_since_a_day_after_the_subjects_own_now_nothing_moved(session):
    learn(session, a_reading(500), a_reading(500, series=DEATHS))
    assert look(session, since=NOW + DAY)["movers"] == []
