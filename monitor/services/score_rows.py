"""Turn the arrays of a scoring into the rows that are stored."""

from collections.abc import Iterator

import numpy as np

from monitor.domain.scale import Concern
from monitor.domain.scoring.model import Model
from monitor.domain.scoring.scores import Scores
from monitor.storage.heat_points import HeatPoint, Origin
from monitor.storage.pressures import DriverPressure, Pressure


def heat_point(  # noqa: PLR0913 - a point names all it was computed from
    scores: Scores,
    number: int,
    *,
    subject: str,
    seq: int,
    level: str,
    concern: Concern | None,
    input_seq: int,
    definition_seq: int,
    origin: Origin = Origin.PUBLISHED,
) -> HeatPoint:
    """Return the heat of one moment of a scoring as a point."""
    return HeatPoint(
        subject=subject,
        at=int(scores.at[number]),
        seq=seq,
        heat=_real(scores.heat[number]),
        pressure=_real(scores.pressure[number]),
        raw_pressure=_real(scores.raw_pressure[number]),
        heat_low=_real(scores.heat_low[number]),
        heat_high=_real(scores.heat_high[number]),
        coverage=float(scores.coverage[number]),
        confidence=float(scores.confidence[number]),
        ungraded=float(scores.ungraded[number]),
        carried=float(scores.carried[number]),
        level=level,
        concern=concern,
        input_seq=input_seq,
        definition_seq=definition_seq,
        origin=origin,
    )


def placement_rows(model: Model, scores: Scores) -> Iterator[Pressure]:
    """Yield each placement at the last moment of a scoring."""
    found, weights = scores.placements, model.effective_weights
    for number, placed in enumerate(model.placements):
        yield Pressure(
            placement=placed.placement.slug,
            value=_real(found.value[number, -1]),
            pressure=_real(found.pressure[number, -1]),
            pressure_low=_real(found.pressure_low[number, -1]),
            pressure_high=_real(found.pressure_high[number, -1]),
            freshness=float(found.freshness[number, -1]),
            grade=_real(found.grade[number, -1]),
            weight=float(weights[number]),
            points=_real(found.points[number, -1]) or 0.0,
            is_observed=bool(found.observed[number, -1]),
            is_carried=bool(found.carried[number, -1]),
            is_held=bool(found.held[number, -1]),
            is_saturated=bool(found.saturated[number, -1]),
            is_provisional=bool(found.provisional[number, -1]),
            is_imputed=bool(found.imputed[number, -1]),
            period_start=_whole(found.period_start[number, -1]),
            period_end=_whole(found.period_end[number, -1]),
            known_at=_whole(found.known_at[number, -1]),
            seq=_whole(found.seq[number, -1]),
        )


def driver_rows(model: Model, scores: Scores) -> Iterator[DriverPressure]:
    """Yield each driver at the last moment of a scoring."""
    weights, points = model.effective_weights, scores.placements.points[:, -1]
    for number, driver in enumerate(model.subject.drivers):
        members = model.hierarchy.below(number)
        yield DriverPressure(
            driver=driver.slug,
            pressure=_real(scores.drivers.pressure[number, -1]),
            pressure_low=_real(scores.drivers.pressure_low[number, -1]),
            pressure_high=_real(scores.drivers.pressure_high[number, -1]),
            coverage=float(scores.drivers.coverage[number, -1]),
            weight=float(np.sum(weights[members])),
            points=float(np.nansum(points[members])),
        )


def _real(value: np.float64) -> float | None:
    return None if np.isnan(value) else float(value)


def _whole(value: np.int64) -> int | None:
    return None if value < 0 else int(value)
