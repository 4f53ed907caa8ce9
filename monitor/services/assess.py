"""Assess: turn a subject's observations into pressures, heat and a level, and publish what changed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.clock import DAY_SECONDS, LIVE, ClockMode, epoch, moment
from monitor.domain.derivations.member import member_key
from monitor.domain.errors import NotFound
from monitor.domain.ledgers.ledger import Ledger, Moment, ledger
from monitor.domain.scoring.heat import score
from monitor.domain.scoring.level import LevelChange, LevelState, levels
from monitor.domain.scoring.model import Model
from monitor.domain.scoring.scores import Scores
from monitor.domain.series import Columns
from monitor.services.model_of import keep_scores, model_by
from monitor.services.read_columns import keep_columns_of_all
from monitor.services.reconstruct import reconstruct
from monitor.services.score_rows import driver_rows, heat_point, placement_rows
from monitor.storage import heat_points, level_changes, pressures, series, snapshot, subjects
from monitor.storage.heat_points import HeatPoint
from monitor.storage.sequence import next_seq
from monitor.storage.subjects import Claim, SubjectState

__all__ = [
    "Assessment",
    "Claim",
    "assess",
    "assess_all",
    "claim_assessment",
    "claim_assessments",
    "mark_daily",
    "mark_for_assessment",
    "unassessed",
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


def unassessed(session: Session, slugs: Collection[str]) -> set[str]:
    """Return those that were never assessed: the line before them is drawn first."""
    return {slug for slug, state in subjects.states(session, slugs).items() if not state.assessed_seq}


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
    return assess_all(session, [Claim(slug, slot)], now=now, claimed_at=claimed_at)[0]


def assess_all(
    session: Session, claims: Sequence[Claim], *, now: datetime, claimed_at: datetime, is_kept: bool = False
) -> list[Assessment]:
    """Assess many subjects, in one query a table for all of them; NotFound if one is not defined.

    `is_kept`: a worker, which raises alerts next, keeps what was scored to explain them by.
    """
    known = snapshot.current(session)
    models = {claim.slug: model_by(known, claim.slug) for claim in claims}
    _assess_members_first(session, models.values(), now=now)
    first = next_seq(session, len(claims))
    works = _load(session, claims, models, definition_seq=known.seq, now=now)
    found = [_assessed(session, work, seq=first + number) for number, work in enumerate(works)]
    if is_kept:
        for each in found:
            keep_scores(known, each.work.model, each.scores, input_seq=each.point.input_seq)
    published = _store(session, found)
    after = [_after(each.work, each.level_state, each.point, now=now) for each in found]
    subjects.finish_assessments(session, after, claimed_at=claimed_at)
    slots = {work.model.subject.slug: work.at for work in works}
    for slot in set(slots.values()):
        marked = [slug for slug, own in slots.items() if own == slot]
        subjects.mark_alerts_due(session, marked, now=now, slot=slot)
    if published:
        keys = [member_key(slug) for slug in published]
        subjects.mark_due(session, series.watchers(session, keys), now=now)
    return [each.assessment(is_published=each.point.subject in published) for each in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Assessed:
    """One subject scored: its point, the change of level it is, if any, and the level as it stands then."""

    work: _Work
    scores: Scores
    point: HeatPoint
    change: LevelChange | None
    level_state: LevelState

    @property
    def dwells(self) -> bool:
        """Whether the count of periods past an edge moved."""
        return self.level_state.dwelt != self.work.state.level_state.dwelt

    def assessment(self, *, is_published: bool) -> Assessment:
        """Return what others are told."""
        return Assessment(
            subject=self.point.subject,
            at=moment(self.work.at),
            heat=self.point.heat,
            level=self.point.level,
            change=self.change,
            is_published=is_published,
        )


def _assessed(session: Session, work: _Work, *, seq: int) -> _Assessed:
    if not work.state.assessed_seq:
        before = reconstruct(
            session, work.model, work.columns, until=work.at, definition_seq=work.definition_seq
        )
        work = replace(work, state=replace(work.state, level_state=before))
    scores = _scores(work)
    stepped = levels(work.model.scale, work.model.subject.min_coverage, scores, work.state.level_state)
    point = heat_point(
        scores, 0, subject=work.model.subject.slug, seq=seq, level=stepped.names[0],
        concern=stepped.concerns[0], input_seq=_input_seq(work.columns), definition_seq=work.definition_seq,
    )  # fmt: skip
    return _Assessed(
        work=work,
        scores=scores,
        point=replace(point, known_at=work.known_at, state_before=work.state.level_state),
        change=stepped.changes[0] if stepped.changes else None,
        level_state=stepped.state,
    )


def _assess_members_first(session: Session, models: Iterable[Model], *, now: datetime) -> None:
    """Draw the lines of members that have none yet: a subject's own past is drawn from them."""
    members = {member for model in models for member in model.plan.members}
    states = subjects.states(session, members) if members else {}
    for member in sorted(members):
        # Another's member may have been drawn meanwhile, as a member of that one.
        if member in states and not subjects.state(session, member).assessed_seq:
            assess(session, member, slot=None, now=now, claimed_at=now)


def _load(
    session: Session,
    claims: Sequence[Claim],
    models: Mapping[str, Model],
    *,
    definition_seq: int,
    now: datetime,
) -> list[_Work]:
    states = subjects.states(session, models)
    if missing := models.keys() - states.keys():
        raise NotFound(f"there is no subject {min(missing)}")
    columns = keep_columns_of_all(session, [models[claim.slug] for claim in claims])
    return [
        _work(session, models[slug], states[slug], own, slot=slot, definition_seq=definition_seq, now=now)
        for (slug, slot), own in zip(claims, columns, strict=True)
    ]


def _work(
    session: Session,
    model: Model,
    state: SubjectState,
    columns: dict[str, Columns],
    *,
    slot: int | None,
    definition_seq: int,
    now: datetime,
) -> _Work:
    own = {placed.placement.series for placed in model.placements}
    if _has_outlived_archive(state, {key: columns[key] for key in own}):
        subjects.set_clock(session, state.slug, LIVE)
        state, slot = replace(state, clock=LIVE), None
    at = epoch(state.clock.at(now)) if slot is None or state.clock.mode is not ClockMode.RUNNING else slot
    return _Work(
        state=state, model=model, columns=columns, definition_seq=definition_seq, at=at, known_at=epoch(now)
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


def _store(session: Session, found: Sequence[_Assessed]) -> set[str]:
    """Write pressures and, where something differs from the last point or a day has turned, the point.

    A point is written too where only the count of periods past an edge moved: each says from which state
    the next goes on, so that every level can be found again. Return the subjects whose point was written.
    """
    slugs = [each.point.subject for each in found]
    last = heat_points.last(session, slugs)
    pressures.replace_all(
        session,
        {
            each.point.subject: (
                placement_rows(each.work.model, each.scores),
                driver_rows(each.work.model, each.scores),
            )
            for each in found
        },
    )
    fresh = [
        each
        for each in found
        if each.point.subject not in last
        or each.dwells
        or not _says_the_same(last[each.point.subject], each.point)
    ]
    heat_points.publish(session, [each.point for each in fresh])
    for each in fresh:
        if each.change is not None:
            ledger = _explained(each.work)
            level_changes.add(session, each.point.subject, each.change, seq=each.point.seq, ledger=ledger)
    return {each.point.subject for each in fresh}


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
