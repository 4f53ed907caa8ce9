"""Assess: turn a subject's observations into pressures, heat and a level, and publish what changed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.clock import DAY_SECONDS, LIVE, ClockMode, epoch, moment
from monitor.domain.derivations.member import member_key
from monitor.domain.ledgers.ledger import Ledger, Moment, ledger
from monitor.domain.scoring.heat import score
from monitor.domain.scoring.level import LevelChange, LevelState, levels
from monitor.domain.scoring.model import Model
from monitor.domain.scoring.scores import Scores
from monitor.domain.series import Columns
from monitor.services.model_of import model_of
from monitor.services.read_columns import read_columns
from monitor.services.reconstruct import reconstruct
from monitor.services.score_rows import driver_rows, heat_point, placement_rows
from monitor.storage import heat_points, level_changes, pressures, series, subjects
from monitor.storage.heat_points import HeatPoint
from monitor.storage.sequence import next_seq
from monitor.storage.subjects import Claim, SubjectState

__all__ = [
    "Assessment",
    "Claim",
    "assess",
    "claim_assessment",
    "claim_assessments",
    "mark_daily",
    "mark_for_assessment",
]

# A level change is explained over this span: the step that crossed the edge alone says too little.
EXPLAINED_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What one assessment found; `change` is None where the level stayed."""

    subject: str
    at: datetime
    heat: float | None
    level: str
    change: LevelChange | None
    is_published: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """One subject at one moment: `at` on its clock, `known_at` what the desk knows by now."""

    state: SubjectState
    model: Model
    columns: dict[str, Columns]
    definition_seq: int
    at: int
    known_at: int


def claim_assessment(session: Session, *, now: datetime) -> subjects.Claim | None:
    """Take the subject that has waited longest; the caller commits before it assesses."""
    return subjects.claim_assessment(session, now)


def claim_assessments(session: Session, *, now: datetime, most: int) -> list[Claim]:
    """Take those that have waited longest; the caller commits before it assesses."""
    return subjects.claim_assessments(session, now, limit=most)


def mark_daily(session: Session, *, now: datetime) -> None:
    """Mark the live subjects whose day has turned: ages and decaying events move with time alone."""
    subjects.mark_daily_due(session, now=now)


def mark_for_assessment(session: Session, slugs: tuple[str, ...], *, now: datetime) -> None:
    """Mark subjects due now, by hand; NotFound for one that is unknown."""
    for slug in slugs:
        subjects.state(session, slug)
    subjects.mark_due(session, slugs, now=now)


def assess(
    session: Session, slug: str, *, slot: int | None, now: datetime, claimed_at: datetime
) -> Assessment:
    """Score a subject at `slot` (epoch seconds on its clock; None: its now), store, and mark its alerts due.

    The first assessment also draws the line before it. NotFound if the subject is not defined.
    """
    _assess_members_first(session, slug, now=now)
    seq = next_seq(session)
    work = _load(session, slug, slot=slot, now=now)
    if not work.state.assessed_seq:
        before = reconstruct(
            session, work.model, work.columns, until=work.at, definition_seq=work.definition_seq
        )
        work = replace(work, state=replace(work.state, level_state=before))
    scores = _scores(work)
    stepped = levels(work.model.scale, work.model.subject.min_coverage, scores, work.state.level_state)
    point = heat_point(
        scores, 0, subject=slug, seq=seq, level=stepped.names[0], concern=stepped.concerns[0],
        input_seq=_input_seq(work.columns), definition_seq=work.definition_seq,
    )  # fmt: skip
    point = replace(point, known_at=work.known_at, state_before=work.state.level_state)
    change = stepped.changes[0] if stepped.changes else None
    dwells = stepped.state.dwelt != work.state.level_state.dwelt
    is_published = _store(session, work, scores, point, change=change, dwells=dwells)
    subjects.finish_assessment(session, _after(work, stepped.state, point, now=now), claimed_at=claimed_at)
    subjects.mark_alerts_due(session, [slug], now=now, slot=work.at)
    if is_published:
        subjects.mark_due(session, series.watchers(session, [member_key(slug)]), now=now)
    return Assessment(
        subject=slug,
        at=moment(work.at),
        heat=point.heat,
        level=point.level,
        change=change,
        is_published=is_published,
    )


def _assess_members_first(session: Session, slug: str, *, now: datetime) -> None:
    """Draw the lines of members that have none yet: the subject's own past is drawn from them."""
    _, model = model_of(session, slug)
    states = subjects.states(session, model.plan.members) if model.plan.members else {}
    for member in model.plan.members:
        if member in states and not states[member].assessed_seq:
            assess(session, member, slot=None, now=now, claimed_at=now)


def _load(session: Session, slug: str, *, slot: int | None, now: datetime) -> _Work:
    definitions, model = model_of(session, slug)
    state = subjects.state(session, slug)
    columns = read_columns(session, model)
    own = {placed.placement.series for placed in model.placements}
    if _has_outlived_archive(state, {key: columns[key] for key in own}):
        subjects.set_clock(session, slug, LIVE)
        state, slot = replace(state, clock=LIVE), None
    at = epoch(state.clock.at(now)) if slot is None or state.clock.mode is not ClockMode.RUNNING else slot
    return _Work(
        state=state, model=model, columns=columns, definition_seq=definitions.seq, at=at, known_at=epoch(now)
    )


def _has_outlived_archive(state: SubjectState, columns: dict[str, Columns]) -> bool:
    """Whether an archive got an observation of a later period, which sets it live (heat.md 6).

    One that was there already does not: an admin may let the clock stand again.
    """
    if state.clock.mode is not ClockMode.STANDING or state.clock.stands_at is None:
        return False
    stands_at, seen = epoch(state.clock.stands_at), state.assessed_seq
    return any(
        bool(((column.period_start > stands_at) & (column.seq > seen)).any()) for column in columns.values()
    )


def _scores(work: _Work) -> Scores:
    return score(work.model, work.columns, at=np.array([work.at]), known_at=np.array([work.known_at]))


def _input_seq(columns: dict[str, Columns]) -> int:
    return max((int(column.seq.max()) for column in columns.values() if len(column)), default=0)


def _store(
    session: Session,
    work: _Work,
    scores: Scores,
    point: HeatPoint,
    *,
    change: LevelChange | None,
    dwells: bool,
) -> bool:
    """Write pressures and, where something differs from the last point or a day has turned, the point.

    A point is written too where only the count of periods past an edge moved: each says from which state
    the next goes on, so that every level can be found again.
    """
    slug = work.model.subject.slug
    pressures.replace(
        session, slug, placements=placement_rows(work.model, scores), drivers=driver_rows(work.model, scores)
    )
    last = heat_points.last(session, [slug]).get(slug)
    if last is not None and not dwells and _says_the_same(last, point):
        return False
    heat_points.publish(session, [point])
    if change is not None:
        level_changes.add(session, slug, change, seq=point.seq, ledger=_explained(work))
    return True


def _says_the_same(last: HeatPoint, point: HeatPoint) -> bool:
    is_same_day = last.at // DAY_SECONDS == point.at // DAY_SECONDS
    own = replace(point, seq=last.seq, at=last.at, known_at=last.known_at, state_before=last.state_before)
    return is_same_day and own == last


def _explained(work: _Work) -> Ledger:
    before = Moment(model=work.model, columns=work.columns, at=work.at - EXPLAINED_DAYS * DAY_SECONDS)
    after = Moment(model=work.model, columns=work.columns, at=work.at, known_at=work.known_at)
    return ledger(before, after)


def _after(work: _Work, level_state: LevelState, point: HeatPoint, *, now: datetime) -> SubjectState:
    is_live = work.state.clock.mode is ClockMode.LIVE
    tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return replace(
        work.state,
        last_slot=work.at,
        next_daily_at=tomorrow if is_live else None,
        assessed_seq=max(1, point.input_seq),
        assessed_definition_seq=point.definition_seq,
        level_state=level_state,
    )
