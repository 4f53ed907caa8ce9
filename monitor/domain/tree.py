"""The tree: placements' pressures become drivers' and the subject's (heat.md 4)."""

from dataclasses import dataclass

import numpy as np

from monitor.domain.aggregate import combine
from monitor.domain.attribution import Group, multipliers_from_zero
from monitor.domain.model import Model
from monitor.domain.series import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Combined:
    """Pressures of drivers x moments and of the subject, before and after floors; NaN where unobserved."""

    drivers: Floats
    raw: Floats
    pressure: Floats


def combine_tree(
    model: Model, pressures: Floats, *, weights: Floats | None = None, driver_weights: Floats | None = None
) -> Combined:
    """Combine placements x moments; weights default to the model's, else members x moments (or x 1)."""
    own = model.weights[:, None] if weights is None else weights
    across = model.driver_weights[:, None] if driver_weights is None else driver_weights
    moments = np.broadcast_shapes(pressures.shape[1:], own.shape[1:], across.shape[1:])
    drivers = np.full((len(model.subject.drivers), *moments), np.nan)
    for number, driver in enumerate(model.subject.drivers):
        members = model.members(number)
        if len(members):
            drivers[number] = combine(driver.aggregation, pressures[members], own[members])
    raw = combine(model.subject.aggregation, drivers, across)
    return Combined(drivers=drivers, raw=raw, pressure=with_floors(model, pressures, raw))


def with_floors(model: Model, pressures: Floats, raw: Floats) -> Floats:
    """Lift the subject's pressure to the floors whose placement has reached its edge."""
    rows = {placed.placement.slug: number for number, placed in enumerate(model.placements)}
    lifted = raw
    for floor in model.floors:
        reached = pressures[rows[floor.placement]] >= floor.reaches
        lifted = np.where(reached, np.maximum(lifted, floor.pressure), lifted)
    return lifted


def points(model: Model, pressures: Floats, combined: Combined) -> Floats:
    """Return the points of raw pressure each placement accounts for; exact, NaN where unobserved."""
    across = multipliers_from_zero(
        model.subject.aggregation, _group(combined.drivers, model.driver_weights, combined.raw)
    )
    result = np.full(pressures.shape, np.nan)
    for number, driver in enumerate(model.subject.drivers):
        members = model.members(number)
        if len(members):
            group = _group(pressures[members], model.weights[members], combined.drivers[number])
            within = multipliers_from_zero(driver.aggregation, group)
            result[members] = across[number] * within * pressures[members]
    return result


def _group(pressures: Floats, weights: Floats, result: Floats) -> Group:
    """Take absent members as weightless."""
    is_there = ~np.isnan(pressures)
    return Group(
        pressures=np.where(is_there, pressures, 1.0),
        weights=np.where(is_there, weights[:, None], 0.0),
        result=np.where(np.isnan(result), 0.0, result),
    )
