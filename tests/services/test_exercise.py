"""Exercises: history played again on a subject of its own, the same however fast or broken the playing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.domain.clock import epoch, moment
from monitor.domain.errors import InvalidInput
from monitor.domain.subject import Floor
from monitor.services.assess import assess, claim_assessment
from monitor.services.cut_source import cut_source
from monitor.services.exercise import advance_exercise, running_exercises, start_exercise
from monitor.services.model_of import model_of
from monitor.storage import definitions, exercises, heat_points, observations, series, snapshot, subjects
from monitor.storage.engine import open_database
from monitor.storage.heat_points import Origin
from tests.factories import DEATHS, FUEL, NOW, a_level_rule, a_reading, a_rule, install_desk, standing

DAY = timedelta(days=1)
START, END = NOW - 10 * DAY, NOW
COPY = "goita@exercise-1"


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as session:
        install_desk(session, clock=standing(), rules=(a_rule(), a_level_rule()))
        history = [a_reading(100.0 + 40 * day, ends=START + day * DAY) for day in range(10)]
        history += [a_reading(200.0, ends=START - DAY, series=DEATHS)]
        observations.add(session, history, source="feed", author="", note="", now=NOW)
        settle(session)
        yield session
    database.dispose()


def settle(session):
    """Assess the original, so that only the exercise is due afterwards."""
    claim = claim_assessment(session, now=NOW)
    assess(session, claim.slug, slot=claim.slot, now=NOW, claimed_at=NOW)
    subjects.claim_alerts(session, NOW)
    subjects.finish_alerts(session, claim.slug, claimed_at=NOW)


def start(session, **values):
    given = {"runs_from": START, "runs_until": END, "speed": 86400.0, "now": NOW, **values}
    return start_exercise(session, "goita", **given)


def play(session, *, now, copy=COPY):
    """Advance and assess until nothing is due at this wall time; return the moments assessed."""
    found = []
    while True:
        claim = claim_assessment(session, now=now)
        if claim is not None:
            found.append(assess(session, claim.slug, slot=claim.slot, now=now, claimed_at=now).at)
            subjects.claim_alerts(session, now)
            subjects.finish_alerts(session, claim.slug, claimed_at=now)
        elif not advance_exercise(session, copy.partition("@")[2], now=now):
            return found


def line(session, copy=COPY):
    points = heat_points.line(session, copy, origin=Origin.PUBLISHED)
    return list(zip(points.at.tolist(), points.heat.tolist(), strict=True))


def test_an_exercise_has_a_subject_series_and_rules_of_its_own(session):
    assert start(session) == COPY
    assert f"{FUEL}@exercise-1" in {str(key) for key in series.find_all(session)}
    assert running_exercises(session) == ["exercise-1"]


def test_a_floor_of_the_copy_names_the_placement_of_the_copy(session):
    floor = Floor(placement=f"supply/{FUEL}", pressure=70)
    subject = replace(snapshot.current(session).subjects["goita"], floors=(floor,))
    definitions.save(session, subject, author="chief", reason="war", effective_at=NOW, now=NOW)
    start(session)
    _, model = model_of(session, COPY)
    assert [each.placement for each in model.subject.floors] == [f"supply/{FUEL}@exercise-1"]


def test_history_becomes_known_as_the_clock_passes(session):
    start(session)
    play(session, now=NOW + timedelta(seconds=3))
    column = series.columns(session, [f"{FUEL}@exercise-1"])[f"{FUEL}@exercise-1"]
    assert int(column.known_at.max()) == epoch(START + 3 * DAY)
    assert len(column) == 4


def test_playing_in_one_go_or_in_many_gives_the_same_heat(session):
    start(session)
    play(session, now=NOW + timedelta(seconds=60))
    again = start(session)
    for second in range(0, 60, 4):
        play(session, now=NOW + timedelta(seconds=second), copy=again)
    assert len(line(session)) > 10
    assert line(session, again) == line(session)


def test_every_moment_is_assessed_once_and_in_order(session):
    start(session)
    moments = play(session, now=NOW + timedelta(seconds=60))
    assert moments == sorted(set(moments))
    assert moments[0] == START
    assert moments[-1] == END


def test_an_exercise_ends_at_its_end(session):
    start(session)
    play(session, now=NOW + timedelta(seconds=60))
    assert exercises.get(session, "exercise-1").state == "done"
    assert not advance_exercise(session, "exercise-1", now=NOW + DAY)


def test_nothing_is_played_while_the_last_moment_is_unassessed(session):
    start(session)
    assert advance_exercise(session, "exercise-1", now=NOW + timedelta(seconds=60))
    assert not advance_exercise(session, "exercise-1", now=NOW + timedelta(seconds=60))


def test_the_original_is_untouched(session):
    before = rows_of_original(session)
    start(session)
    play(session, now=NOW + timedelta(seconds=60))
    assert rows_of_original(session) == before


def rows_of_original(session):
    points = heat_points.line(session, "goita")
    values = series.columns(session, [FUEL])[FUEL]
    return subjects.state(session, "goita"), points.seq.tolist(), points.heat.tolist(), values.seq.tolist()


def test_a_cut_source_stays_silent_and_catches_up_when_restored(session):
    start(session)
    play(session, now=NOW + timedelta(seconds=2))
    key = f"{FUEL}@exercise-1"
    known = len(series.columns(session, [key])[key])
    cut_source(session, "feed@exercise-1", is_cut=True, actor="test", reason="drill", now=NOW)
    play(session, now=NOW + timedelta(seconds=6))
    assert len(series.columns(session, [key])[key]) == known
    cut_source(session, "feed@exercise-1", is_cut=False, actor="test", reason="over", now=NOW)
    play(session, now=NOW + timedelta(seconds=8))
    assert len(series.columns(session, [key])[key]) == 9


def test_an_exercise_must_end_after_it_starts(session):
    with pytest.raises(InvalidInput, match="end after"):
        start(session, runs_until=START - DAY)


def test_an_exercise_of_an_exercise_is_refused(session):
    with pytest.raises(InvalidInput, match="another exercise"):
        start_exercise(session, COPY, runs_from=START, runs_until=END, speed=1.0, now=NOW)


def test_the_clock_of_the_copy_reads_history(session):
    start(session)
    assert subjects.state(session, COPY).clock.at(NOW + timedelta(seconds=4)) == START + 4 * DAY
    assert moment(epoch(START)) == START
