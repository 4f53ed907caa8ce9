"""Due marks keep the earliest time and the latest slot; each is worked on by one worker and never lost."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.domain.clock import LIVE, Clock, ClockMode
from monitor.domain.errors import NotFound
from monitor.domain.scoring.level import LevelState
from monitor.storage import subjects
from monitor.storage.engine import open_database
from tests.storage.values import NOW

MINUTE = timedelta(minutes=1)


def due(session, slug="goita"):
    found = subjects.state(session, slug)
    return found.assess_due_at, found.assess_slot


def test_a_new_subject_is_live_and_due_for_nothing(session):
    subjects.add(session, "goita")
    state = subjects.state(session, "goita")
    assert state == subjects.SubjectState(slug="goita")
    assert state.clock == LIVE
    assert not subjects.has_marks(session, "goita")


def test_an_unknown_subject_is_not_found(session):
    with pytest.raises(NotFound, match="there is no subject goita"):
        subjects.state(session, "goita")


def test_a_clock_comes_back_as_it_was_set(session):
    running = Clock(
        mode=ClockMode.RUNNING, runs_from=NOW, runs_until=NOW + MINUTE, started_at=NOW, speed=86400.0
    )
    standing = Clock(mode=ClockMode.STANDING, stands_at=NOW)
    subjects.add(session, "goita", clock=running)
    assert subjects.state(session, "goita").clock == running
    subjects.set_clock(session, "goita", standing)
    assert subjects.state(session, "goita").clock == standing


def test_a_mark_keeps_the_earliest_time_and_the_latest_slot(session):
    subjects.mark_due(session, ["goita"], now=NOW, slot=5)
    subjects.mark_due(session, ["goita"], now=NOW + MINUTE, slot=9)
    assert due(session) == (NOW, 9)
    subjects.mark_due(session, ["goita"], now=NOW - MINUTE, slot=7)
    assert due(session) == (NOW - MINUTE, 9)
    subjects.mark_due(session, ["goita"], now=NOW)
    assert due(session) == (NOW - MINUTE, 9)


def test_what_is_due_longest_is_claimed_first(session):
    subjects.mark_due(session, ["late"], now=NOW - MINUTE, slot=3)
    subjects.mark_due(session, ["goita", "sadio"], now=NOW)
    subjects.mark_due(session, ["ahead"], now=NOW + MINUTE)
    taken = [subjects.claim_assessment(session, NOW) for _ in range(4)]
    assert taken == [("late", 3), ("goita", None), ("sadio", None), None]


def test_several_can_be_claimed_at_once(session):
    subjects.mark_due(session, ["a", "b", "c"], now=NOW)
    assert [claim.slug for claim in subjects.claim_assessments(session, NOW, limit=2)] == ["a", "b"]


def test_finishing_takes_the_mark_away_and_keeps_what_was_found(session):
    subjects.mark_due(session, ["goita"], now=NOW, slot=9)
    subjects.claim_assessment(session, NOW)
    found = replace(
        subjects.state(session, "goita"),
        last_slot=9,
        next_daily_at=NOW + 60 * MINUTE,
        assessed_seq=12,
        assessed_definition_seq=4,
        level_state=LevelState(level="Cold", last_known="Cold", last_known_at=9, dwelt=((), (1, 2))),
    )
    subjects.finish_assessment(session, found, claimed_at=NOW)
    assert subjects.state(session, "goita") == replace(found, assess_due_at=None, assess_slot=None)


def test_a_mark_set_while_working_outlives_the_finish(session):
    subjects.mark_due(session, ["goita"], now=NOW, slot=9)
    subjects.claim_assessment(session, NOW)
    state = subjects.state(session, "goita")
    subjects.mark_due(session, ["goita"], now=NOW + timedelta(seconds=1), slot=11)
    subjects.finish_assessment(session, state, claimed_at=NOW)
    assert due(session) == (NOW + timedelta(seconds=1), 11)


def test_a_claim_nobody_finished_comes_due_again(session):
    subjects.mark_due(session, ["goita"], now=NOW, slot=9)
    subjects.claim_assessment(session, NOW)
    assert subjects.claim_assessment(session, NOW + subjects.LEASE - timedelta(seconds=1)) is None
    assert subjects.claim_assessment(session, NOW + subjects.LEASE) == ("goita", 9)


def test_work_given_up_is_tried_again_later(session):
    subjects.mark_due(session, ["goita"], now=NOW, slot=9)
    subjects.claim_assessment(session, NOW)
    subjects.postpone_assessment(session, "goita", claimed_at=NOW, until=NOW + 60 * MINUTE)
    assert due(session) == (NOW + 60 * MINUTE, 9)


def test_alerts_have_marks_of_their_own(session):
    subjects.mark_alerts_due(session, ["goita"], now=NOW, slot=9)
    assert due(session) == (None, None)
    assert subjects.has_marks(session, "goita")
    assert subjects.claim_alerts(session, NOW) == ("goita", 9)
    subjects.finish_alerts(session, "goita", claimed_at=NOW)
    assert subjects.claim_alerts(session, NOW + 60 * MINUTE) is None
    assert not subjects.has_marks(session, "goita")


def test_a_timer_of_the_rules_is_the_next_time_they_are_due(session):
    subjects.mark_alerts_due(session, ["goita"], now=NOW, slot=9)
    subjects.claim_alerts(session, NOW)
    subjects.finish_alerts(session, "goita", claimed_at=NOW, next_at=NOW + 5 * MINUTE)
    assert not subjects.has_marks(session, "goita")
    assert subjects.next_due_at(session) == NOW + 5 * MINUTE
    assert subjects.claim_alerts(session, NOW + 5 * MINUTE) == ("goita", None)
    subjects.postpone_alerts(session, "goita", claimed_at=NOW + 5 * MINUTE, until=NOW + 9 * MINUTE)
    assert subjects.next_due_at(session) == NOW + 9 * MINUTE


def test_a_timer_never_puts_off_a_mark_set_meanwhile(session):
    subjects.mark_alerts_due(session, ["goita"], now=NOW)
    subjects.claim_alerts(session, NOW)
    subjects.mark_alerts_due(session, ["goita"], now=NOW + timedelta(seconds=1), slot=3)
    subjects.finish_alerts(session, "goita", claimed_at=NOW, next_at=NOW + 5 * MINUTE)
    assert subjects.claim_alerts(session, NOW + timedelta(seconds=1)) == ("goita", 3)


def test_a_daily_point_comes_due(session):
    subjects.add(session, "goita")
    subjects.add(session, "sadio")
    state = replace(subjects.state(session, "goita"), next_daily_at=NOW)
    subjects.finish_assessment(session, state, claimed_at=NOW)
    assert subjects.mark_daily_due(session, now=NOW - MINUTE) == ()
    assert subjects.mark_daily_due(session, now=NOW) == ("goita",)
    assert due(session) == (NOW, None)


def test_states_of_all_or_some_come_by_slug(session):
    for slug in ("b", "a", "c"):
        subjects.add(session, slug)
    assert list(subjects.states(session)) == ["a", "b", "c"]
    assert list(subjects.states(session, ["c", "a", "none"])) == ["a", "c"]


def test_a_subject_removed_is_gone(session):
    subjects.add(session, "goita")
    subjects.remove(session, "goita")
    assert subjects.states(session) == {}


def test_each_mark_is_claimed_by_one_of_eight_workers(database):
    slugs = [f"subject-{number:03}" for number in range(100)]
    with database.write() as session:
        subjects.mark_due(session, slugs, now=NOW)
    taken = []

    def work():
        while True:
            with database.write() as session:
                claim = subjects.claim_assessment(session, NOW)
            if claim is None:
                return
            taken.append(claim.slug)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == slugs


def test_a_subject_that_is_held_is_not_claimed_by_another(postgres_url):
    database = open_database(postgres_url)
    with database.write() as session:
        subjects.mark_alerts_due(session, ["goita", "sadio"], now=NOW)
    with database.write() as person, database.write() as worker:
        subjects.hold(person, "goita")
        assert subjects.claim_alerts(worker, NOW) == ("sadio", None)
        assert subjects.claim_alerts(worker, NOW) is None
    database.dispose()
