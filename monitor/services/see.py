"""See: a subject at one moment as it was known at another, or exactly as it was published (heat.md 8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.clock import DAY_SECONDS, epoch, moment
from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase
from monitor.domain.scoring.heat import change_moments, score
from monitor.domain.scoring.level import Levels, LevelState, levels
from monitor.domain.scoring.model import Model
from monitor.domain.scoring.scores import Scores
from monitor.domain.series import Columns, Ints
from monitor.services.model_of import model_by
from monitor.services.read_columns import read_columns
from monitor.storage import heat_points, snapshot, subjects
from monitor.storage.heat_points import HeatPoint
from monitor.storage.snapshot import Definitions

# How far back the level is stepped to a moment that was never published.
LONGEST_DAYS = 15 * 366
_EVER = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A subject at epoch second `at`, scored from `columns` as known at `known_at`.

    `point` is the published point that this repeats, None where nothing was published then. `state` is the
    level it went on from (None: not kept). `early` names the definitions that are younger than the moment
    and are used in their first version.
    """

    known: Definitions
    model: Model
    columns: Mapping[str, Columns]
    at: int
    known_at: int
    scores: Scores
    levels: Levels
    state: LevelState | None
    point: HeatPoint | None = None
    early: tuple[tuple[str, str], ...] = ()


def see(
    session: Session, slug: str, *, at: datetime | None = None, as_of: datetime | None = None, now: datetime
) -> Seen:
    """Return a subject at a moment: as published where something was, else as known and defined then.

    With `as_of` never as published, but from the rows known at `as_of` and the definitions in force then.
    NotFound; InvalidInput for a moment in the future.
    """
    require_past(at, "at", now=now)
    require_past(as_of, "as_of", now=now)
    if as_of is not None:
        return score_as_of(session, slug, at=at or as_of, as_of=as_of)
    clock = subjects.state(session, slug).clock
    asked = at or clock.at(now)
    point = heat_points.last(session, [slug]).get(slug) if at is None else heat_points.at(session, slug, at)
    return (
        score_as_of(session, slug, at=asked, as_of=asked) if point is None else as_published(session, point)
    )


def score_as_of(session: Session, slug: str, *, at: datetime, as_of: datetime) -> Seen:
    """Score a subject at `at` from the rows known at `as_of` and the definitions in force then; NotFound.

    The level is stepped to `at` over all moments at which something changed, as known at `as_of`.
    """
    known, early = snapshot.as_of(session, as_of)
    model = model_by(known, slug)
    columns = read_columns(session, model, known=known)
    end, clock = epoch(at), epoch(as_of)
    before = _stepped(model, columns, _moments(model, columns, until=end), known_at=clock).state
    scores = score(model, columns, at=np.array([end]), known_at=np.array([clock]))
    return Seen(
        known=known,
        model=model,
        columns=columns,
        at=end,
        known_at=clock,
        scores=scores,
        levels=levels(model.scale, model.subject.min_coverage, scores, before),
        state=before,
        early=tuple(sorted(early & _used(model))),
    )


def as_published(session: Session, point: HeatPoint) -> Seen:
    """Score a published point again from the rows, the definitions and the level that it names."""
    known = snapshot.at_seq(session, point.definition_seq)
    model = model_by(known, point.subject)
    columns = read_columns(session, model, max_seq=point.input_seq, known=known)
    clock = _EVER if point.known_at is None else point.known_at
    scores = score(model, columns, at=np.array([point.at]), known_at=np.array([clock]))
    stepped = levels(model.scale, model.subject.min_coverage, scores, point.state_before)
    return Seen(
        known=known,
        model=model,
        columns=columns,
        at=point.at,
        known_at=clock,
        scores=scores,
        levels=stepped,
        state=point.state_before,
        point=point,
    )


def require_past(asked: datetime | None, field: str, *, now: datetime) -> None:
    """Refuse a moment that has not come."""
    if asked is not None and asked > now:
        raise InvalidInput(
            phrase("{asked} has not come yet", asked=f"{moment(epoch(asked)):%Y-%m-%d %H:%M}"), field=field
        )


def _moments(model: Model, columns: Mapping[str, Columns], *, until: int) -> Ints:
    return change_moments(model, columns, start=until - LONGEST_DAYS * DAY_SECONDS, end=until - 1)


def _stepped(model: Model, columns: Mapping[str, Columns], moments: Ints, *, known_at: int) -> Levels:
    scores = score(model, columns, at=moments, known_at=np.full(len(moments), known_at, dtype=np.int64))
    return levels(model.scale, model.subject.min_coverage, scores)


def _used(model: Model) -> set[tuple[str, str]]:
    """Return the definitions that the model was compiled from, by kind and slug."""
    placed = {("placement", each.placement.slug) for each in model.placements}
    indicators = {("indicator", each.indicator.slug) for each in model.placements}
    return {("subject", model.subject.slug), ("scale", model.scale.slug)} | placed | indicators
