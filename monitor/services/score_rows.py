"""Turn the arrays of a scoring into the rows that are stored."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from monitor.domain.missing import number_or_none
from monitor.domain.scale import Concern
from monitor.domain.scoring.model import Model
from monitor.domain.scoring.scores import Scores
from monitor.domain.series import Floats, Ints
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
        heat=number_or_none(scores.heat[number]),
        pressure=number_or_none(scores.pressure[number]),
        raw_pressure=number_or_none(scores.raw_pressure[number]),
        heat_low=number_or_none(scores.heat_low[number]),
        heat_high=number_or_none(scores.heat_high[number]),
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


_REALS = ("value", "pressure", "pressure_low", "pressure_high", "grade", "points")
_WHOLES = ("period_start", "period_end", "known_at", "seq")
_FLAGS = {"observed": "is_observed", "carried": "is_carried", "held": "is_held", "saturated": "is_saturated",
          "provisional": "is_provisional", "imputed": "is_imputed"}  # fmt: skip


def placement_rows(model: Model, scores: Scores) -> list[Pressure]:
    """Return each placement at the last moment of a scoring."""
    found = scores.placements
    columns: dict[str, list[Any]] = {name: _reals(getattr(found, name)[:, -1]) for name in _REALS}
    columns |= {name: _wholes(getattr(found, name)[:, -1]) for name in _WHOLES}
    columns |= {stored: getattr(found, name)[:, -1].tolist() for name, stored in _FLAGS.items()}
    columns["points"] = [points or 0.0 for points in columns["points"]]
    columns |= {"freshness": found.freshness[:, -1].tolist(), "weight": model.effective_weights.tolist()}
    slugs = [placed.placement.slug for placed in model.placements]
    return [
        Pressure(placement=slug, **dict(zip(columns, values, strict=True)))
        for slug, values in zip(slugs, zip(*columns.values(), strict=True), strict=True)
    ]


def driver_rows(model: Model, scores: Scores) -> Iterator[DriverPressure]:
    """Yield each driver at the last moment of a scoring."""
    weights, points = model.effective_weights, scores.placements.points[:, -1]
    for number, driver in enumerate(model.subject.drivers):
        members = model.hierarchy.below(number)
        yield DriverPressure(
            driver=driver.slug,
            pressure=number_or_none(scores.drivers.pressure[number, -1]),
            pressure_low=number_or_none(scores.drivers.pressure_low[number, -1]),
            pressure_high=number_or_none(scores.drivers.pressure_high[number, -1]),
            coverage=float(scores.drivers.coverage[number, -1]),
            weight=float(np.sum(weights[members])),
            points=float(np.nansum(points[members])),
        )


def _reals(values: Floats) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]  # noqa: PLR0124 (NaN)


def _wholes(values: Ints) -> list[int | None]:
    return [None if value < 0 else value for value in values.tolist()]
