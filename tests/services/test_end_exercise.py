"""Exercises that are listed, stopped where they are, and taken away with their alerts."""

from datetime import timedelta

import pytest

from monitor.domain.alerting.alert import Resolution
from monitor.domain.errors import Conflict, InvalidInput, NotFound
from monitor.services.assess import assess, claim_assessment
from monitor.services.end_exercise import exercise_list, remove_exercise, stop_exercise
from monitor.services.exercise import advance_exercise, running_exercises, start_exercise
from monitor.services.raise_alerts import raise_next
from monitor.services.source_list import source_list
from monitor.storage import alerts, audit, observations, snapshot, subjects
from monitor.storage.engine import open_database
from tests.factories import FUEL, NOW, a_reading, a_rule, install_desk, standing

DAY = timedelta(days=1)
START, COPY = NOW - 10 * DAY, "goita@exercise-1"
WHO = {"actor": "ana", "reason": "over"}


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as session:
        install_desk(session, clock=standing(), rules=(a_rule(),))
        history = [a_reading(500.0, ends=START + day * DAY) for day in range(10)]
        observations.add(session, history, source="feed", author="", note="", now=NOW)
        start_exercise(session, "goita", runs_from=START, runs_until=NOW, speed=86400.0, now=NOW)
        yield session
    database.dispose()


def play(session, *, now):
    """Play up to a wall time, as the worker does."""
    while True:
        if claim := claim_assessment(session, now=now):
            assess(session, claim.slug, slot=claim.slot, now=now, claimed_at=now)
        elif raise_next(session, now=now) is None and not advance_exercise(session, "exercise-1", now=now):
            return


def test_the_list_says_how_far_each_has_come(session):
    (line,) = exercise_list(session)
    assert (line.slug, line.subject, line.state, line.played_until) == ("exercise-1", COPY, "running", None)
    play(session, now=NOW + timedelta(seconds=3))
    assert exercise_list(session)[0].played_until == START + 3 * DAY
    assert exercise_list(session)[0].days_a_second == 1.0


def test_a_stopped_one_plays_no_further_and_its_clock_stays(session):
    play(session, now=NOW + timedelta(seconds=3))
    stop_exercise(session, "exercise-1", now=NOW, **WHO)
    assert running_exercises(session) == []
    later = NOW + timedelta(seconds=8)
    assert advance_exercise(session, "exercise-1", now=later) is False
    assert subjects.state(session, COPY).clock.at(later) == START + 3 * DAY
    assert audit.find_all(session, target=COPY)[0].action == "exercise.stop"
    with pytest.raises(Conflict, match="it is stopped"):
        stop_exercise(session, "exercise-1", now=NOW, **WHO)


def test_a_removed_one_ends_its_alerts_and_leaves_the_desk(session):
    play(session, now=NOW + timedelta(seconds=3))
    assert len(alerts.find_open(session, [COPY])) == 1
    remove_exercise(session, "exercise-1", now=NOW + timedelta(seconds=3), **WHO)
    assert alerts.find_open(session, [COPY]) == []
    (episode,) = alerts.recent_episodes(session, subject=COPY)
    assert episode.resolution is Resolution.DELETED
    known = snapshot.current(session)
    assert list(known.subjects) == ["goita"]
    assert (known.placements_of(COPY), known.rules_of(COPY)) == ((), ())
    assert COPY not in subjects.states(session)
    assert exercise_list(session) == []
    with pytest.raises(Conflict, match="removed already"):
        remove_exercise(session, "exercise-1", now=NOW, **WHO)


def test_the_name_of_a_removed_one_is_not_used_again(session):
    remove_exercise(session, "exercise-1", now=NOW, **WHO)
    again = start_exercise(session, "goita", runs_from=START, runs_until=NOW, speed=1.0, now=NOW)
    assert again == "goita@exercise-2"


def test_what_is_no_exercise_is_not_found(session):
    with pytest.raises(NotFound):
        stop_exercise(session, "exercise-9", now=NOW, **WHO)


def test_an_end_that_lies_ahead_is_refused_in_words(session):
    with pytest.raises(InvalidInput, match="plays what is past"):
        start_exercise(session, "goita", runs_from=START, runs_until=NOW + DAY, speed=1.0, now=NOW)


def test_sources_of_an_exercise_are_listed_where_asked_for(session):
    assert [line.slug for line in source_list(session)] == ["feed"]
    listed = source_list(session, with_exercises=True)
    assert [(line.slug, line.name) for line in listed] == [
        ("feed", "Feed"), ("feed@exercise-1", "Feed in exercise-1"),
    ]  # fmt: skip
    remove_exercise(session, "exercise-1", now=NOW, **WHO)
    assert [line.slug for line in source_list(session, with_exercises=True)] == ["feed"]


def test_fuel_of_the_original_is_untouched(session):
    remove_exercise(session, "exercise-1", now=NOW, **WHO)
    assert len(observations.history(session, FUEL)) == 10
