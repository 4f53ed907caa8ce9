"""List exercises, stop one where it is, or take one away with its alerts; what it stored stays as history."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.rule import Rule
from monitor.domain.clock import Clock, ClockMode, moment
from monitor.domain.errors import Conflict
from monitor.domain.phrases import phrase
from monitor.domain.placement import Placement
from monitor.domain.subject import Subject
from monitor.services.exercise import RUNNING
from monitor.services.raise_alerts import raise_alerts
from monitor.storage import audit, definitions, exercises, snapshot, subjects
from monitor.storage.exercises import Exercise

STOPPED, REMOVED = "stopped", "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseLine:
    """An exercise and how far it has come; `played_until` is None before its first moment."""

    slug: str
    subject: str
    state: str
    runs_from: datetime
    runs_until: datetime
    played_until: datetime | None
    days_a_second: float


def exercise_list(session: Session) -> list[ExerciseLine]:
    """Return the exercises that were not removed, the newest first."""
    return [_line(each) for each in exercises.find_all(session) if each.state != REMOVED]


def stop_exercise(session: Session, slug: str, *, actor: str, reason: str, now: datetime) -> None:
    """Play no further: its clock stays where it was played to. NotFound; Conflict if it does not run."""
    exercise = exercises.get(session, slug)
    if exercise.state != RUNNING:
        raise Conflict(phrase("{slug} does not run: it is {state}", slug=slug, state=exercise.state))
    _halt(session, exercise, state=STOPPED)
    _record(session, exercise, "exercise.stop", actor=actor, reason=reason, now=now)


def remove_exercise(session: Session, slug: str, *, actor: str, reason: str, now: datetime) -> None:
    """Take an exercise away: its alerts end, its subject is watched no longer. NotFound; Conflict if gone."""
    exercise = exercises.get(session, slug)
    if exercise.state == REMOVED:
        raise Conflict(phrase("{slug} was removed already", slug=slug))
    _halt(session, exercise, state=REMOVED)
    known, why = snapshot.current(session), reason or "the exercise was removed"
    for rule in known.rules_of(exercise.subject):
        definitions.archive(session, Rule, rule.slug, author=actor, reason=why, now=now)
    # Whoever was told of an alert of the exercise hears that it ended.
    raise_alerts(session, exercise.subject, slot=None, now=now)
    for placement in known.placements_of(exercise.subject):
        definitions.archive(session, Placement, placement.slug, author=actor, reason=why, now=now)
    definitions.archive(session, Subject, exercise.subject, author=actor, reason=why, now=now)
    subjects.remove(session, exercise.subject)
    _record(session, exercise, "exercise.remove", actor=actor, reason=reason, now=now)


def _halt(session: Session, exercise: Exercise, *, state: str) -> None:
    exercises.set_played(session, exercise.slug, played_until=exercise.played_until, state=state)
    clock = subjects.state(session, exercise.subject).clock
    reached = max(exercise.runs_from, moment(exercise.played_until))
    if clock.mode is ClockMode.RUNNING:
        stopped: Clock = replace(clock, runs_until=reached)
        subjects.set_clock(session, exercise.subject, stopped)


def _record(
    session: Session, exercise: Exercise, action: str, *, actor: str, reason: str, now: datetime
) -> None:
    audit.record(
        session, actor=actor, action=action, target=exercise.subject, reason=reason,
        before={"state": exercise.state}, after=None, now=now,
    )  # fmt: skip


def _line(exercise: Exercise) -> ExerciseLine:
    played = moment(exercise.played_until)
    return ExerciseLine(
        slug=exercise.slug,
        subject=exercise.subject,
        state=exercise.state,
        runs_from=exercise.runs_from,
        runs_until=exercise.runs_until,
        played_until=played if played >= exercise.runs_from else None,
        days_a_second=exercise.speed / 86_400,
    )
