"""The tree: placements' pressures become drivers' and the subject's, at any depth (heat.md 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.domain.scoring.aggregate import combine
from monitor.domain.scoring.attribution import Group, multipliers_from_zero
from monitor.domain.scoring.hierarchy import Members
from monitor.domain.scoring.model import Model
from monitor.domain.series import Floats, Ints
from monitor.domain.subject import Aggregation, Floor


@dataclass(frozen=True, slots=True, kw_only=True)
class Combined:
    """Pressures of drivers x moments and of the subject, before and after floors; NaN where unobserved.

    `lifted_by` is the place of the floor that lifts the subject, -1 where none does.
    """

    drivers: Floats
    raw: Floats
    pressure: Floats
    lifted_by: Ints


def combine_tree(
    model: Model, pressures: Floats, *, weights: Floats | None = None, driver_weights: Floats | None = None
) -> Combined:
    """Combine placements x moments; weights default to the model's, else members x moments (or x 1)."""
    own = model.weights[:, None] if weights is None else weights
    across = model.driver_weights[:, None] if driver_weights is None else driver_weights
    draws = np.broadcast_shapes(own.shape[1:], across.shape[1:])
    own, across = np.broadcast_to(own, (len(own), *draws)), np.broadcast_to(across, (len(across), *draws))
    moments = np.broadcast_shapes(pressures.shape[1:], draws)
    tree, drivers = model.hierarchy, np.full((len(model.subject.drivers), *moments), np.nan)
    wide = np.broadcast_to(pressures, (len(pressures), *moments))

    def combined(aggregation: Aggregation, members: Members) -> Floats:
        return combine(aggregation, members.of(wide, drivers), members.of(own, across))

    for number in tree.upward:
        if len(tree.groups[number]):
            drivers[number] = combined(model.subject.drivers[number].aggregation, tree.groups[number])
    raw = combined(model.subject.aggregation, tree.top)
    lifted_by = lifting(model, pressures, raw)
    height = np.array([*(floor.pressure for floor in model.subject.floors), np.nan])
    pressure = np.where(lifted_by < 0, raw, height[lifted_by]) if model.subject.floors else raw
    return Combined(drivers=drivers, raw=raw, pressure=pressure, lifted_by=lifted_by)


def lifting(model: Model, pressures: Floats, raw: Floats) -> Ints:
    """Return which floor lifts the subject's pressure, the highest of those reached; -1 where none does."""
    rows = {placed.placement.name: number for number, placed in enumerate(model.placements)}
    lifted, found = raw, np.full(raw.shape, -1, dtype=np.int64)
    for number, floor in enumerate(model.subject.floors):
        if floor.placement not in rows:
            continue
        is_higher = (pressures[rows[floor.placement]] >= floor.reaches) & (floor.pressure > lifted)
        lifted, found = np.where(is_higher, floor.pressure, lifted), np.where(is_higher, number, found)
    return found


def lifting_floor(floors: Sequence[Floor], pressures: Mapping[str, float | None], raw: float) -> Floor | None:
    """Return the floor that lifts a subject, from its placements' pressures by name; None where none does."""
    reached = [
        floor
        for floor in floors
        if (pressures.get(floor.placement) or 0.0) >= floor.reaches and floor.pressure > raw
    ]
    return max(reached, key=lambda floor: floor.pressure, default=None)


def points(model: Model, pressures: Floats, combined: Combined) -> Floats:
    """Return the points of raw pressure each placement accounts for; exact, NaN where unobserved."""
    own, across, tree = model.weights, model.driver_weights, model.hierarchy
    result, factors = np.full(pressures.shape, np.nan), np.ones(combined.drivers.shape)

    def share_out(aggregation: Aggregation, members: Members, whole: Floats, factor: Floats | float) -> None:
        group = _group(members.of(pressures, combined.drivers), members.of(own, across), whole)
        within = multipliers_from_zero(aggregation, group)
        count = len(members.placements)
        result[members.placements] = factor * within[:count] * pressures[members.placements]
        factors[members.drivers] = factor * within[count:]

    share_out(model.subject.aggregation, tree.top, combined.raw, 1.0)
    for number in reversed(tree.upward):
        if len(tree.groups[number]):
            aggregation = model.subject.drivers[number].aggregation
            share_out(aggregation, tree.groups[number], combined.drivers[number], factors[number])
    return result


def _group(pressures: Floats, weights: Floats, result: Floats) -> Group:
    """Take absent members as weightless."""
    is_there = ~np.isnan(pressures)
    return Group(
        pressures=np.where(is_there, pressures, 1.0),
        weights=np.where(is_there, weights[:, None], 0.0),
        result=np.where(np.isnan(result), 0.0, result),
    )
