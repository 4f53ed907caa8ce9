"""Incidents of two sources that look alike are proposed; a person says what they are; nothing is merged."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.incident_pair import PairState, counted_once
from monitor.services.decide_duplicate import decide_duplicate
from monitor.services.propose_duplicates import propose_duplicates
from monitor.storage import audit, incident_pairs, incidents
from monitor.storage.engine import open_database
from tests.domain.test_incident_matching import AMBUSH, SAME

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ONE, OTHER, THIRD = ("acled", "1"), ("ucdp", "9"), ("desk", "5")


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as opened:
        incidents.keep(opened, [AMBUSH, SAME, replace(SAME, source="desk", external_id="5")], now=NOW)
        yield opened
    database.dispose()


def decide(session, one, other, state, reason="read both reports"):
    return decide_duplicate(session, one, other, state, author="ada", reason=reason, now=NOW)


def states(session):
    return {(each.first, each.second): each.state for each in incident_pairs.find(session)}


def test_pairs_that_look_alike_wait_for_a_person(session):
    found = propose_duplicates(session, now=NOW)
    assert (found.compared, found.alike, found.dropped) == (3, 3, 0)
    assert set(states(session).values()) == {PairState.PROPOSED}
    assert len(incidents.between(session, "MLI")) == 3, "nothing is merged"


def test_what_a_person_said_outlives_the_next_look(session):
    propose_duplicates(session, now=NOW)
    decided = decide(session, OTHER, ONE, PairState.SAME)
    assert (decided.first, decided.second, decided.decided_by) == (ONE, OTHER, "ada")
    propose_duplicates(session, now=NOW + timedelta(days=1))
    assert states(session)[ONE, OTHER] is PairState.SAME
    entry = audit.find_all(session, target="ucdp/9 acled/1")[0]
    assert (entry.action, entry.reason, entry.before, entry.after) == (
        "incident.same", "read both reports", {"state": "proposed"}, {"state": "same"},
    )  # fmt: skip


def test_it_can_be_said_otherwise_later(session):
    decide(session, ONE, OTHER, PairState.SAME)
    decide(session, ONE, OTHER, PairState.DIFFERENT, reason="another village of that name")
    assert states(session) == {(ONE, OTHER): PairState.DIFFERENT}


def test_a_proposal_goes_when_a_revision_sets_the_two_apart(session):
    propose_duplicates(session, now=NOW)
    decide(session, ONE, OTHER, PairState.SAME)
    incidents.keep(session, [replace(AMBUSH, happened_on=date(2025, 10, 14))], now=NOW)
    assert propose_duplicates(session, now=NOW).dropped == 1
    assert states(session) == {(ONE, OTHER): PairState.SAME, (THIRD, OTHER): PairState.PROPOSED}


def test_a_look_at_some_days_leaves_the_proposals_of_others(session):
    propose_duplicates(session, now=NOW)
    assert propose_duplicates(session, now=NOW, since=date(2026, 1, 1)).dropped == 0
    assert len(states(session)) == 3


def test_a_pair_that_nobody_proposed_may_be_decided(session):
    assert decide(session, ONE, THIRD, PairState.SAME).reasons[0] == "the same day"


@pytest.mark.parametrize(
    "one,other,reason,error,message",
    [
        (ONE, ("acled", "2"), "why", InvalidInput, "both are of one source"),
        (ONE, OTHER, " ", InvalidInput, "say why"),
        (ONE, ("ucdp", "404"), "why", NotFound, "no incident ucdp/404"),
    ],
)
def test_what_cannot_be_decided_says_why(session, one, other, reason, error, message):
    with pytest.raises(error, match=message):
        decide(session, one, other, PairState.SAME, reason)


def test_confirmed_pairs_count_once_however_they_are_chained(session):
    decide(session, ONE, OTHER, PairState.SAME)
    decide(session, OTHER, THIRD, PairState.SAME)
    assert counted_once(incident_pairs.find(session)) == {OTHER: ONE, THIRD: ONE}
    decide(session, OTHER, THIRD, PairState.DIFFERENT)
    assert counted_once(incident_pairs.find(session)) == {OTHER: ONE}


def test_pairs_are_found_by_the_incidents_in_them(session):
    propose_duplicates(session, now=NOW)
    assert len(incident_pairs.of_incidents(session, [ONE])) == 2
    assert incident_pairs.of_incidents(session, [("acled", "77")]) == []
