"""Escalation: steps one after another while nobody acts; pauses stop the clock; three rounds, no more."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.alerting.escalation import (
    Escalation,
    Move,
    Progress,
    Step,
    begun,
    decide,
    is_exhausted,
    within,
)
from monitor.domain.alerting.window import Stretch
from monitor.domain.errors import InvalidInput

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DESK, DIRECTOR = Step(after_seconds=900, channels=("desk",)), Step(after_seconds=1800, channels=("director",))
LADDER = Escalation(slug="ladder", steps=(DESK, DIRECTOR))


def pause(start, end):
    return Stretch(starts_at=NOW + start * MINUTE, ends_at=NOW + end * MINUTE)


def at(minutes, progress=None, **values):
    return decide(LADDER, progress or begun(LADDER, now=NOW), now=NOW + minutes * MINUTE, **values)


def test_the_first_step_waits_its_time():
    assert begun(LADDER, now=NOW).due_at == NOW + 15 * MINUTE
    waits = at(14)
    assert (waits.move, waits.progress.due_at) == (Move.WAIT, NOW + 15 * MINUTE)
    told = at(15)
    assert (told.move, told.step) == (Move.TELL, DESK)
    assert told.progress == Progress(
        step=1, began_at=NOW + 15 * MINUTE, due_at=NOW + 45 * MINUTE
    )  # fmt: skip


def test_three_rounds_and_then_nobody_more():
    progress, told, now = begun(LADDER, now=NOW), [], NOW
    while progress.due_at is not None:
        now = progress.due_at
        decision = decide(LADDER, progress, now=now)
        told.append(decision.step)
        progress = decision.progress
    assert told == [DESK, DIRECTOR] * 3
    assert now == NOW + 3 * 45 * MINUTE
    assert is_exhausted(progress, LADDER)
    assert decide(LADDER, progress, now=now + 600 * MINUTE).move is Move.WAIT


def test_a_step_that_is_days_late_is_told_once():
    told = at(4 * 24 * 60)
    assert (told.step, told.progress.due_at) == (DESK, NOW + 4 * 24 * 60 * MINUTE + DIRECTOR.after)


def test_a_pause_stops_the_clock_and_does_not_set_it_back():
    waits = at(15, paused=[pause(5, 9)])
    assert (waits.move, waits.progress.due_at) == (Move.WAIT, NOW + 19 * MINUTE)
    assert waits.progress.began_at == NOW
    assert at(19, paused=[pause(5, 9)]).move is Move.TELL


def test_while_a_pause_lasts_nothing_is_told_and_what_was_left_is_left_after_it():
    waits = at(15, paused=[pause(10, 15)], paused_until=NOW + 60 * MINUTE)
    assert (waits.move, waits.progress.due_at) == (Move.WAIT, NOW + 65 * MINUTE)
    assert at(65, paused=[pause(10, 60)]).move is Move.TELL


def test_what_fell_due_as_a_pause_began_follows_a_moment_after_it():
    waits = at(15, paused_until=NOW + 60 * MINUTE)
    assert waits.progress.due_at == NOW + 60 * MINUTE + timedelta(seconds=1)


def test_an_escalation_that_lost_steps_goes_on_with_its_last():
    progress = Progress(step=5, began_at=NOW, due_at=NOW)
    assert at(30, progress).step == DIRECTOR
    assert at(30, progress).progress.loops == 1


def test_pauses_that_overlap_count_once():
    stretches = [pause(0, 10), pause(5, 12), pause(20, 30), pause(-5, 2)]
    assert within(stretches, NOW, NOW + 25 * MINUTE) == 17 * MINUTE
    assert within([], NOW, NOW + MINUTE) == timedelta(0)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Step(after_seconds=0, channels=("desk",)),
        lambda: Step(after_seconds=8 * 86_400, channels=("desk",)),
        lambda: Step(after_seconds=60, channels=()),
        lambda: Escalation(slug="x", steps=()),
        lambda: Escalation(slug="x", steps=(DESK,), rounds=4),
        lambda: Escalation(slug="x", steps=(DESK,), rounds=0),
    ],
)
def test_what_tells_nobody_or_goes_on_for_ever_is_refused(make):
    with pytest.raises(InvalidInput):
        make()


@given(
    pauses=st.lists(st.tuples(st.integers(0, 200), st.integers(1, 60)), max_size=5),
    looks=st.lists(st.integers(1, 40), max_size=30),
)
def test_looking_rarely_or_often_tells_the_same_steps_when_they_are_looked_at_when_due(pauses, looks):
    stretches = [pause(start, start + length) for start, length in pauses]

    def told(extra):
        progress, found, moments = begun(LADDER, now=NOW), [], sorted(NOW + each * MINUTE for each in extra)
        while progress.due_at is not None and len(found) < 4:
            early = [each for each in moments if progress.began_at < each < progress.due_at]
            now = early[0] if early else progress.due_at
            moments = [each for each in moments if each > now]
            under_way = [each.ends_at for each in stretches if each.starts_at <= now < each.ends_at]
            decision = decide(
                LADDER, progress, now=now, paused=stretches, paused_until=max(under_way, default=None)
            )
            if decision.move is Move.TELL:
                found.append((now, decision.step))
            progress = decision.progress
        return found

    gaps = [sum(looks[: number + 1]) for number in range(len(looks))]
    rarely, often = told([]), told(gaps)
    assert [step for _, step in rarely] == [step for _, step in often]
