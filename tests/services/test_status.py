"""The state of the desk for programs: every subject, worst first, with what moved it."""

from datetime import timedelta

import pytest

from monitor.services.assess import assess, claim_assessment
from monitor.services.status import status
from monitor.storage import observations
from monitor.storage.engine import open_database
from tests.factories import DEATHS, NOW, a_reading, install_desk, standing

DAY = timedelta(days=1)


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as opened:
        install_desk(opened, clock=standing())
        yield opened
    database.dispose()


def learn(session, *readings):
    observations.add(session, list(readings), source="feed", author="", note="", now=NOW)
    claim_assessment(session, now=NOW)
    assess(session, "goita", slot=None, now=NOW, claimed_at=NOW)


def look(session, *, since=None):
    (line,) = status(session, now=NOW + DAY, since=since, with_exercises=False)["subjects"]
    return line


def test_a_subject_of_which_nothing_is_known_is_unknown_and_not_calm(session):
    line = look(session)
    assert (line["level"], line["concern"], line["concern_name"], line["heat"]) == (
        "Unknown", None, "unknown", None,
    )  # fmt: skip
    assert (line["change"], line["movers"], line["open_alerts"]) == (None, [], 0)


def test_a_subject_stands_where_its_last_point_says(session):
    learn(session, a_reading(500), a_reading(500, series=DEATHS))
    line = look(session)
    assert (line["heat"], line["concern_name"], line["coverage"]) == (0.0, "critical", 1.0)
    assert (line["clock"], line["as_of"], line["is_archive"]) == ("standing", "2025-11-30T12:00:00Z", True)


def test_movers_are_the_drivers_and_add_up_to_the_move(session):
    learn(
        session,
        a_reading(100, ends=NOW - 20 * DAY),
        a_reading(100, series=DEATHS, ends=NOW - 20 * DAY),
        a_reading(500),
        a_reading(250, series=DEATHS),
    )
    line = look(session, since=NOW - 10 * DAY)
    assert line["movers"][0]["slug"] == "supply"
    assert line["movers"][0]["is_worse"]
    assert line["change"] < 0
    assert sum(mover["delta"] for mover in line["movers"]) == pytest.approx(line["change"])


def test_without_a_day_given_ninety_are_looked_back(session):
    learn(session, a_reading(500), a_reading(500, series=DEATHS))
    assert look(session)["since"] == "2025-09-01T12:00:00Z"


def test_since_a_day_after_the_subjects_own_now_nothing_moved(session):
    learn(session, a_reading(500), a_reading(500, series=DEATHS))
    assert look(session, since=NOW + DAY)["change"] == 0
