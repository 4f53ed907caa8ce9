"""An exercise gets what the original knew, when it knew it, and only once."""

import pytest

from monitor.domain.clock import epoch
from monitor.domain.errors import NotFound
from monitor.storage import exercises, observations, series
from monitor.storage.exercises import Exercise
from tests.storage.values import FUEL, NOW, add, day, reading

COPY = f"{FUEL}@exercise-1"
DIESEL = "diesel-price:mali"


def exercise(slug="exercise-1", **fields):
    return Exercise(
        **{
            "slug": slug,
            "subject": f"goita@{slug}",
            "origin_subject": "goita",
            "runs_from": day(1),
            "runs_until": day(30),
            "speed": 86400.0,
            "started_at": NOW,
            "played_until": epoch(day(1)) - 1,
            "state": "running",
        }
        | fields
    )


@pytest.fixture
def running(session):
    """An exercise on a series with three values and a revision."""
    add(
        session,
        reading(1.0, on=1),
        reading(2.0, on=2, grade="B2", citation="c", note="n"),
        reading(3.0, on=8),
    )
    add(session, reading(9.0, on=1, known=5), reading(7.0, on=3, series=DIESEL))
    exercises.add(session, exercise())
    series.set_watched(session, "goita@exercise-1", [COPY, f"{DIESEL}@exercise-1"])
    return session


def copy(session, until, **fields):
    return exercises.copy_observations(session, "exercise-1", until=epoch(day(until)), now=NOW, **fields)


def played(session, key=COPY):
    return [row.reading.value for row in reversed(observations.history(session, key))]


def test_an_exercise_comes_back(session):
    exercises.add(session, exercise())
    assert exercises.get(session, "exercise-1") == exercise()
    exercises.set_played(session, "exercise-1", played_until=99, state="done")
    assert exercises.find_all(session) == [exercise(played_until=99, state="done")]
    with pytest.raises(NotFound):
        exercises.get(session, "exercise-2")


def test_names_are_numbered(session):
    assert exercises.next_slug(session) == "exercise-1"
    exercises.add(session, exercise("exercise-9"))
    exercises.add(session, exercise("exercise-10"))
    assert exercises.next_slug(session) == "exercise-11"


def test_values_come_as_they_became_known(running):
    assert copy(running, until=3) == 2
    assert played(running) == [1.0, 2.0]
    assert copy(running, until=4) == 1
    assert copy(running, until=5) == 1
    assert played(running) == [1.0, 9.0, 2.0]
    assert copy(running, until=5) == 0


def test_a_copy_is_like_the_original_but_for_its_place_in_commit_order(running):
    copy(running, until=30)
    originals = series.columns(running, [FUEL])[FUEL]
    copies = series.columns(running, [COPY])[COPY]
    assert sorted(copies.known_at.tolist()) == copies.known_at.tolist()
    assert copies.seq.min() > originals.seq.max()
    (found,) = [row for row in observations.history(running, COPY) if row.reading.value == 2.0]
    (wanted,) = [row for row in observations.history(running, FUEL) if row.reading.value == 2.0]
    assert (found.reading.grade, found.reading.citation, found.reading.note) == ("B2", "c", "n")
    assert found.reading.known_at == wanted.reading.known_at
    assert found.source == "exercise-1"


def test_the_latest_value_of_a_copy_is_kept(running):
    copy(running, until=4)
    assert series.latest(running, [COPY])[COPY].reading.value == 2.0
    copy(running, until=30)
    assert series.latest(running, [COPY])[COPY].reading.value == 3.0


def test_what_is_cut_off_is_caught_up_with_later(running):
    copy(running, until=6, without=["fuel-price"])
    assert (played(running), played(running, f"{DIESEL}@exercise-1")) == ([], [7.0])
    copy(running, until=7)
    assert played(running) == [1.0, 9.0, 2.0]


def test_the_next_moment_is_when_something_became_known(running):
    moments = [epoch(day(0))]
    while (moment := exercises.next_known(running, "exercise-1", after=moments[-1])) is not None:
        moments.append(moment)
    assert moments[1:] == [epoch(day(number)) for number in (2, 3, 4, 5, 9)]
