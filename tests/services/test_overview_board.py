"""The board: worst first, silence shown as silence, exercises only where asked, few queries."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from monitor.domain.clock import ClockMode
from monitor.domain.scale import Concern
from monitor.services.overview.board import board
from monitor.services.overview.desk import desk
from monitor.storage import heartbeats, subjects
from tests.boards import add_sahel, add_subject, begin
from tests.factories import NOW, standing

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def session(database):
    with database.write() as opened:
        begin(opened)
        yield opened


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


def row_of(session, slug, **options):
    view = board(session, now=LATER, **options)
    return next(row for row in view.rows if row.standing.slug == slug)


def test_the_worst_come_first_and_an_unknown_stands_with_its_last_known_concern(session):
    add_sahel(session)
    concerns = [row.standing.concern or row.standing.last_concern for row in board(session, now=LATER).rows]
    assert concerns == sorted(concerns, reverse=True)
    names = [row.standing.name for row in board(session, now=LATER).rows]
    assert (names[0], names[-1]) == ("Dakar–Bamako road", "Senegal")
    assert names.index("Benin") < names.index("Togo") < names.index("Senegal")


def test_counts_by_concern_keep_the_unknown_apart(session):
    add_sahel(session)
    counts = board(session, now=LATER).counts
    assert (counts[Concern.CRITICAL], counts[Concern.HIGH], counts[None]) == (1, 3, 1)
    assert sum(counts.values()) == 11


def test_a_silent_subject_has_no_momentum_and_says_what_was_last_known(session):
    add_subject(session, "togo", name="Togo", heat=31, silent_days=80)
    row = row_of(session, "togo")
    assert row.standing.is_unknown
    assert (row.standing.last_level, row.week, row.month) == ("Simmering", None, None)
    assert row.spark.blind[-1][1] == row.spark.end
    assert row.standing.coverage < row.standing.min_coverage


def test_a_subject_nobody_assessed_is_unknown_and_not_calm(session):
    from monitor.storage import definitions
    from tests.factories import a_subject

    definitions.save(session, a_subject("new", name="New"), author="t", reason="t", effective_at=NOW, now=NOW)
    row = row_of(session, "new")
    assert row.standing.is_unknown
    assert (row.standing.heat, row.mover, row.alerts) == (None, None, ())


def test_movement_is_worse_towards_the_alarming_end(session):
    add_subject(session, "road", heat=92, rise=10)
    add_subject(session, "leader", scale="standing", heat=36, rise=-8)
    assert row_of(session, "road").month.is_worse
    assert row_of(session, "leader").month.is_worse
    assert row_of(session, "leader").month.delta < 0


def test_the_top_mover_tells_its_value_before_and_after(session):
    add_subject(session, "road", heat=92, rise=10)
    mover = row_of(session, "road").mover
    assert mover.change.is_worse
    assert mover.detail.endswith("to 92.0\u00a0%")


def test_an_archive_says_when_its_clock_stands(session):
    add_subject(session, "mali", heat=81)
    subjects.set_clock(session, "mali", standing(NOW))
    row = row_of(session, "mali")
    assert (row.standing.clock, row.standing.as_of) == (ClockMode.STANDING, NOW)
    assert row.updated_at is None


def test_exercises_are_shown_only_where_they_are_asked_for(session):
    add_subject(session, "mali@exercise-1", heat=81)
    assert board(session, now=LATER).rows == ()
    assert board(session, now=LATER).exercise_count == 1
    assert row_of(session, "mali@exercise-1", with_exercises=True).standing.is_exercise


def test_a_board_takes_as_many_queries_for_ten_subjects_as_for_two(session):
    add_subject(session, "one", heat=30)
    add_subject(session, "two", heat=60, indicators=3)
    with counted(session) as few:
        board(session, now=LATER)
    add_sahel(session)
    with counted(session) as many:
        board(session, now=LATER)
    assert len(many) == len(few) <= 15


def test_a_board_asked_again_does_not_read_observations(session):
    add_subject(session, "one", heat=30)
    board(session, now=LATER)
    with counted(session) as again:
        board(session, now=LATER)
    assert not any("FROM observation" in statement for statement in again)


def test_a_worker_that_fell_silent_is_late(session):
    assert desk(session, now=NOW).is_worker_late
    heartbeats.beat(session, worker="one", now=NOW)
    assert not desk(session, now=NOW + timedelta(seconds=20)).is_worker_late
    late = desk(session, now=NOW + timedelta(seconds=40))
    assert (late.is_worker_late, late.worker_age_seconds) == (True, 40)


def test_an_empty_desk_has_an_empty_board(session):
    view = board(session, now=datetime(2026, 1, 1, tzinfo=UTC))
    assert (view.rows, view.biggest, sum(view.counts.values())) == ((), None, 0)
