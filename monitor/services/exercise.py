"""Exercises: play a subject's history again on a subject of its own, step by step, as it became known."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.rule import Rule
from monitor.domain.clock import DAY_SECONDS, Clock, ClockMode, epoch
from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase
from monitor.domain.placement import Placement
from monitor.domain.subject import Subject
from monitor.services.model_of import model_of
from monitor.storage import audit, definitions, exercises, series, sources, subjects
from monitor.storage.exercises import Exercise
from monitor.storage.snapshot import Definitions

DONE, RUNNING = "done", "running"


def start_exercise(
    session: Session,
    subject: str,
    *,
    runs_from: datetime,
    runs_until: datetime,
    speed: float,
    now: datetime,
    actor: str = "console",
) -> str:
    """Copy a subject as `slug@exercise-N` with a running clock and return that slug; NotFound, InvalidInput.

    `speed` is seconds of history a wall second. The copy has its own series, filled as the clock passes
    the moments at which each value became known; the original is only read.
    """
    if runs_until <= runs_from:
        raise InvalidInput(phrase("an exercise must end after it starts"), field="to")
    if runs_until.date() > now.date():
        raise InvalidInput(
            phrase(
                "an exercise plays what is past: it can end today, {now}, or before", now=f"{now:%Y-%m-%d}"
            ),
            field="to",
        )
    if "@" in subject:
        raise InvalidInput(phrase("an exercise cannot be played from another exercise"), field="subject")
    known, model = model_of(session, subject)
    name = exercises.next_slug(session)
    copy = f"{subject}@{name}"
    _copy_definitions(session, known, subject, name=name, now=now, actor=actor)
    series.set_watched(session, copy, [_in_exercise(key, name) for key in model.series])
    clock = Clock(
        mode=ClockMode.RUNNING, runs_from=runs_from, runs_until=runs_until, started_at=now, speed=speed
    )
    subjects.add(session, copy, clock=clock)
    for source in sorted({placed.indicator.source for placed in model.placements} - {""}):
        sources.add(session, f"{source}@{name}", due_at=None)
    exercise = Exercise(
        slug=name, subject=copy, origin_subject=subject, runs_from=runs_from, runs_until=runs_until,
        speed=speed, started_at=now, played_until=epoch(runs_from) - 1, state=RUNNING,
    )  # fmt: skip
    exercises.add(session, exercise)
    audit.record(
        session, actor=actor, action="exercise.start", target=copy, reason="", before=None,
        after={"from": runs_from.isoformat(), "to": runs_until.isoformat(), "speed": speed}, now=now,
    )  # fmt: skip
    return copy


def running_exercises(session: Session) -> list[str]:
    """Return the exercises that have not ended."""
    return [exercise.slug for exercise in exercises.find_all(session) if exercise.state == RUNNING]


def advance_exercise(session: Session, slug: str, *, now: datetime) -> bool:
    """Play one moment: store what became known at it and mark the subject due; False if nothing is due yet.

    The moments are those at which a value became known and each midnight, in order and one at a time,
    so that a slow, fast or killed worker leaves the same heat and alerts.
    """
    exercise = exercises.get(session, slug)
    if exercise.state != RUNNING or subjects.has_marks(session, exercise.subject):
        return False
    reached = epoch(subjects.state(session, exercise.subject).clock.at(now))
    moment = _next_moment(session, exercise)
    if moment is None or moment > reached:
        return False
    exercises.copy_observations(
        session, slug, until=moment, without=_cut_indicators(session, exercise), now=now
    )
    ends = moment >= epoch(exercise.runs_until)
    exercises.set_played(session, slug, played_until=moment, state=DONE if ends else RUNNING)
    subjects.mark_due(session, [exercise.subject], now=now, slot=moment)
    return True


def _next_moment(session: Session, exercise: Exercise) -> int:
    """The first of: the next value to become known, the next midnight, the end."""
    after, end = exercise.played_until, epoch(exercise.runs_until)
    start = epoch(exercise.runs_from)
    if after < start:
        return start
    midnight = (after // DAY_SECONDS + 1) * DAY_SECONDS
    known = exercises.next_known(session, exercise.slug, after=after)
    return min(midnight, end, end if known is None else known)


def _cut_indicators(session: Session, exercise: Exercise) -> list[str]:
    """Return the indicators whose source is cut off in this exercise."""
    _, model = model_of(session, exercise.subject)
    cut = sources.cut_slugs(session)
    return sorted(
        {
            placed.indicator.slug
            for placed in model.placements
            if f"{placed.indicator.source}@{exercise.slug}" in cut
        }
    )


def _copy_definitions(
    session: Session, known: Definitions, subject: str, *, name: str, now: datetime, actor: str
) -> None:
    copy = f"{subject}@{name}"
    origin = known.subjects[subject]
    floors = tuple(replace(floor, placement=_in_exercise(floor.placement, name)) for floor in origin.floors)
    values: list[Subject | Placement | Rule] = [replace(origin, slug=copy, floors=floors)]
    values += [
        replace(placement, subject=copy, series=_in_exercise(placement.series, name))
        for placement in known.placements_of(subject)
    ]
    values += [
        replace(
            rule, slug=f"{rule.slug}@{name}", subject=copy,
            series=_in_exercise(rule.series, name) if rule.series else "",
        )
        for rule in known.rules_of(subject)
    ]  # fmt: skip
    definitions.save_all(
        session,
        values,
        author=actor,
        reason=f"exercise of {subject}",
        effective_at=now,
        now=now,
        origin="exercise",
    )


def _in_exercise(series_key: str, name: str) -> str:
    return f"{series_key}@{name}"
