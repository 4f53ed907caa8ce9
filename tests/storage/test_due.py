"""What is due: each kind of work is seen when its time has come, and not before."""

from datetime import timedelta

import pytest

from monitor.storage import sources, subjects
from monitor.storage.due import due
from monitor.storage.engine import open_database
from tests.factories import NOW, install_desk

SECOND = timedelta(seconds=1)


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as session:
        install_desk(session)
        yield session
    database.dispose()


def test_a_quiet_desk_has_nothing_due(session):
    found = due(session, now=NOW - SECOND)
    assert not found.pipeline
    assert not found.sources
    assert not found.messages


def test_a_marked_subject_is_due_from_its_time_on(session):
    subjects.mark_due(session, ["goita"], now=NOW)
    assert not due(session, now=NOW - SECOND).assessments
    assert due(session, now=NOW).assessments


def test_marked_alerts_are_due(session):
    subjects.mark_alerts_due(session, ["goita"], now=NOW)
    assert due(session, now=NOW).alerts


def test_a_source_is_due_unless_it_is_cut_off(session):
    assert due(session, now=NOW).sources
    sources.set_cut(session, "feed", is_cut=True)
    assert not due(session, now=NOW).sources


def test_a_claimed_subject_is_not_due_until_the_claim_runs_out(session):
    subjects.mark_due(session, ["goita"], now=NOW)
    subjects.claim_assessment(session, NOW)
    assert not due(session, now=NOW + SECOND).pipeline
    assert due(session, now=NOW + subjects.LEASE).assessments
