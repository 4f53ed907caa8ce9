"""What would flip a subject's level: the single changes that would cross the next edge, smallest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.alerting.native_event import rfc3339
from monitor.domain.clock import moment
from monitor.domain.scoring.heat import score
from monitor.domain.scoring.model import Model
from monitor.domain.series import Columns
from monitor.domain.suggestions.flip import Crossing, Flip, crossings, spread_of
from monitor.domain.suggestions.settled_past import settled_past
from monitor.domain.transforms.denominator import columns_of
from monitor.services.model_of import model_of
from monitor.services.read_columns import read_columns
from monitor.storage import heat_points
from monitor.storage.heat_points import HeatPoint
from monitor.storage.snapshot import Definitions


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelFlips:
    """A subject's published heat and level, and what would take it to the next one either way."""

    subject: str
    name: str
    as_of: datetime | None
    heat: float | None
    level: str
    known: Definitions
    model: Model
    crossings: tuple[Crossing, ...]


def flip_level(session: Session, slug: str) -> LevelFlips:
    """Return what would flip a subject's level as last published; NotFound. No point: nothing to flip."""
    known, model = model_of(session, slug)
    point = heat_points.last(session, [slug]).get(slug)
    found = () if point is None else level_crossings(model, read_columns(session, model), point)
    return LevelFlips(
        subject=slug,
        name=model.subject.name,
        as_of=None if point is None else moment(point.at),
        heat=None if point is None else point.heat,
        level="" if point is None else point.level,
        known=known,
        model=model,
        crossings=found,
    )


def level_crossings(model: Model, columns: Mapping[str, Columns], point: HeatPoint) -> tuple[Crossing, ...]:
    """Return what would flip the level of a published point, scored again from what was known then."""
    known = None if point.known_at is None else np.array([point.known_at])
    scores = score(model, columns, at=np.array([point.at]), known_at=known)
    return crossings(model, scores, level=point.level, spreads=_spreads(model, columns, point.at))


def as_data(found: LevelFlips) -> dict[str, Any]:
    """Return flips as plain values, for programs."""
    return {
        "subject": found.subject,
        "as_of": None if found.as_of is None else rfc3339(found.as_of),
        "heat": found.heat,
        "level": found.level or "Unknown",
        "crossings": [
            {
                "level": each.level,
                "towards": "alarm" if each.is_worse else "calm",
                "edge": each.edge,
                "must_clear": each.must_clear,
                "dwell": each.dwell,
                "flips": [_flip(flip) for flip in each.flips],
            }
            for each in found.crossings
        ],
    }


def _spreads(model: Model, columns: Mapping[str, Columns], at: int) -> dict[str, float]:
    """Return by how much each series usually moves from period to period."""
    found = {}
    for placed in model.placements:
        key = placed.placement.series
        if key in columns and len(columns[key]):
            past = settled_past(
                placed.indicator, columns[key], at=at, others=columns_of(placed.denominators, columns)
            )
            spread = spread_of(past)
            if spread is not None:
                found[key] = spread
    return found


def _flip(flip: Flip) -> dict[str, Any]:
    return {
        "placement": flip.placement,
        "series": flip.series,
        "value": flip.value,
        "wanted": flip.wanted,
        "pressure": flip.pressure,
        "wanted_pressure": flip.wanted_pressure,
        "heat": flip.heat,
        "threshold_steps": flip.steps,
        "past_spreads": flip.spreads,
    }
