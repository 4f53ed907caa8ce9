"""Explain: write one scoring of a subject out as a tree that anybody can reckon again (heat.md 1 to 6)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.derivations.formula import Formula
from monitor.domain.explanations.explained import (
    Explained,
    FloorNode,
    GroupNode,
    LevelNode,
    PlacementNode,
    Provenance,
)
from monitor.domain.explanations.reckoning import combined, normalised
from monitor.domain.missing import number_or_none
from monitor.domain.scale import UNKNOWN, AlarmingEnd
from monitor.domain.scoring.coverage import HELD_FACTOR
from monitor.domain.scoring.hierarchy import TOP
from monitor.domain.scoring.level import Levels, LevelState
from monitor.domain.scoring.model import Model, Placed
from monitor.domain.scoring.scores import Scores
from monitor.domain.scoring.view import effective, observed, visible
from monitor.domain.series import Columns, empty_columns
from monitor.domain.spoken import plain
from monitor.domain.transforms.denominator import columns_of
from monitor.domain.transforms.working import Used, workings
from monitor.domain.wording import say, say_many


def explain(
    model: Model,
    columns: Mapping[str, Columns],
    scores: Scores,
    *,
    levels: Levels,
    state: LevelState | None,
    provenance: Mapping[str, Provenance],
) -> Explained:
    """Write a scoring of one moment out as a tree; `provenance` is by placement slug."""
    shares = _shares(model, scores)
    nodes = [
        _placement(model, columns, scores, number, share=shares[0][number], provenance=provenance)
        for number in range(len(model.placements))
    ]
    top = _group(model, scores, nodes, TOP, shares[1])
    raw, pressure, heat = (
        number_or_none(part[0]) for part in (scores.raw_pressure, scores.pressure, scores.heat)
    )
    return Explained(
        slug=model.subject.slug,
        name=model.subject.name,
        scale=model.scale.slug,
        at=int(scores.at[0]),
        known_at=int(scores.known_at[0]),
        top=top,
        raw_pressure=raw,
        floors=tuple(_floors(model, scores)),
        pressure=pressure,
        heat=heat,
        heat_low=number_or_none(scores.heat_low[0]),
        heat_high=number_or_none(scores.heat_high[0]),
        heat_formula=_heat_formula(model, pressure),
        coverage=float(scores.coverage[0]),
        coverage_formula=_sum_formula((node.effective, node.freshness, 1.0) for node in nodes),
        confidence=float(scores.confidence[0]),
        confidence_formula=_sum_formula(
            (node.effective, node.freshness, node.trust or 0.0) for node in nodes
        ),
        min_coverage=model.subject.min_coverage,
        carried=float(scores.carried[0]),
        ungraded=float(scores.ungraded[0]),
        level=_level(model, scores, levels, state),
    )


def _placement(
    model: Model,
    columns: Mapping[str, Columns],
    scores: Scores,
    number: int,
    *,
    share: float,
    provenance: Mapping[str, Provenance],
) -> PlacementNode:
    placed, found = model.placements[number], scores.placements
    common: dict[str, Any] = {
        "slug": placed.placement.slug,
        "series": placed.placement.series,
        "name": placed.indicator.name,
        "unit": placed.indicator.unit,
        "weight": placed.weight,
        "share": share,
        "effective": float(model.effective_weights[number]),
        "is_observed": bool(found.observed[number, 0]),
        "fresh_for_days": placed.indicator.fresh_for_days,
        "expires_after_days": placed.indicator.expires_after_days,
        "provenance": provenance.get(placed.placement.slug),
    }
    if np.isnan(found.pressure[number, 0]):
        return PlacementNode(**common)
    at, known = int(scores.at[0]), int(scores.known_at[0])
    rows = _seen(columns.get(placed.placement.series) or empty_columns(), at=at, known_at=known)
    row = _place(rows, int(found.period_start[number, 0]), int(found.period_end[number, 0]))
    others = {name: _in_force(each, known) for name, each in columns_of(placed.denominators, columns).items()}
    pressure, value = float(found.pressure[number, 0]), float(found.value[number, 0])
    return PlacementNode(
        **common,
        raw=float(rows.value[row]),
        raw_low=number_or_none(rows.low[row]),
        raw_high=number_or_none(rows.high[row]),
        period_start=int(found.period_start[number, 0]),
        period_end=int(found.period_end[number, 0]),
        newest_end=int(found.newest_end[number, 0]),
        seq=int(found.seq[number, 0]),
        operands=tuple(_operands(placed, columns, scores, number)),
        steps=tuple(workings(placed.indicator, rows, row=row, at=at, others=others)),
        value=value,
        normalised=normalised(placed.normalisation, value),
        pressure=pressure,
        pressure_low=number_or_none(found.pressure_low[number, 0]),
        pressure_high=number_or_none(found.pressure_high[number, 0]),
        points=number_or_none(found.points[number, 0]),
        age_days=_age(rows, int(found.newest_end[number, 0]), at),
        freshness=float(found.freshness[number, 0]),
        grade_factor=float(found.grade[number, 0]),
        trust=float(found.grade[number, 0]) * (HELD_FACTOR if found.held[number, 0] else 1.0),
        is_held=bool(found.held[number, 0]),
        is_provisional=bool(found.provisional[number, 0]),
        is_carried=bool(found.carried[number, 0]),
        is_saturated=bool(found.saturated[number, 0]),
        is_imputed=bool(rows.imputed[row]),
    )


def _operands(placed: Placed, columns: Mapping[str, Columns], scores: Scores, number: int) -> Iterator[Used]:
    """Yield what a formula read for the period: each operand's value carried forward to its start."""
    how = placed.indicator.derived
    if not isinstance(how, Formula):
        return
    at, known = int(scores.at[0]), int(scores.known_at[0])
    start = int(scores.placements.period_start[number, 0])
    for key in how.keys(placed.placement.series).values():
        rows = _seen(columns.get(key) or empty_columns(), at=at, known_at=known)
        # Every operand has a value by then, or the formula would have none.
        place = int(np.searchsorted(rows.period_start, start, side="right")) - 1
        yield Used(
            period_start=int(rows.period_start[place]), period_end=int(rows.period_end[place]),
            value=float(rows.value[place]), series=key,
        )  # fmt: skip


def _in_force(columns: Columns, known_at: int) -> Columns:
    return observed(effective(columns.rows(columns.known_at <= known_at)))


def _seen(columns: Columns, *, at: int, known_at: int) -> Columns:
    return observed(visible(columns, at=at, known_at=known_at))


def _place(rows: Columns, start: int, end: int) -> int:
    return int(np.flatnonzero((rows.period_start == start) & (rows.period_end == end))[0])


def _age(rows: Columns, newest_end: int, at: int) -> float:
    """Return how old what the newest value rests on is, in days."""
    newest = int(np.flatnonzero(rows.period_end == newest_end)[-1])
    return float(at - rows.oldest_end[newest]) / DAY_SECONDS


def _shares(model: Model, scores: Scores) -> tuple[list[float], list[float]]:
    """Return each placement's and each driver's part of the present members of its group; 0 if absent."""
    there = ~np.isnan(scores.placements.pressure[:, 0]), ~np.isnan(scores.drivers.pressure[:, 0])
    own = np.where(there[0], model.weights, 0.0), np.where(there[1], model.driver_weights, 0.0)
    parts = np.zeros(len(own[0])), np.zeros(len(own[1]))
    for group in (*model.hierarchy.groups, model.hierarchy.top):
        whole = float(np.sum(own[0][group.placements]) + np.sum(own[1][group.drivers])) or 1.0
        parts[0][group.placements] = own[0][group.placements] / whole
        parts[1][group.drivers] = own[1][group.drivers] / whole
    return parts[0].tolist(), parts[1].tolist()


def _group(
    model: Model, scores: Scores, nodes: Sequence[PlacementNode], number: int, shares: Sequence[float]
) -> GroupNode:
    """Return a driver with all below it, or the subject itself."""
    subject, is_top = model.subject, number == TOP
    members = model.hierarchy.top if is_top else model.hierarchy.groups[number]
    driver = None if is_top else subject.drivers[number]
    placements = tuple(nodes[place] for place in members.placements)
    groups = tuple(_group(model, scores, nodes, int(place), shares) for place in members.drivers)
    pressure = number_or_none((scores.raw_pressure if is_top else scores.drivers.pressure[number])[0])
    present = [(each.pressure, each.weight) for each in (*placements, *groups) if each.pressure is not None]
    aggregation = subject.aggregation if driver is None else driver.aggregation
    return GroupNode(
        slug=subject.slug if driver is None else driver.slug,
        name=subject.name if driver is None else driver.name,
        weight=1.0 if driver is None else driver.weight,
        share=1.0 if is_top else shares[number],
        pressure=pressure,
        combined=None if pressure is None else combined(aggregation, present, pressure),
        placements=placements,
        groups=groups,
    )


def _floors(model: Model, scores: Scores) -> Iterator[FloorNode]:
    places = {placed.placement.name: number for number, placed in enumerate(model.placements)}
    for number, floor in enumerate(model.subject.floors):
        place = places.get(floor.placement)
        found = None if place is None else number_or_none(scores.placements.pressure[place, 0])
        yield FloorNode(
            placement=floor.placement,
            reaches=floor.reaches,
            pressure=floor.pressure,
            found=found,
            is_reached=found is not None and found >= floor.reaches,
            lifts=int(scores.lifted_by[0]) == number,
        )


def _heat_formula(model: Model, pressure: float | None) -> str:
    if pressure is None:
        return say("no data, no heat")
    is_low = model.scale.alarming_end is AlarmingEnd.LOW
    return f"100 - {pressure!r}" if is_low else f"{pressure!r}"


def _sum_formula(parts: Iterable[tuple[float, float, float]]) -> str:
    """Write out a sum of weights by what each counts for; weights add up to 1."""
    written = [
        " x ".join(
            f"{part!r}".removesuffix(".0") for part in (weight, *(each for each in rest if each != 1.0))
        )
        for weight, *rest in parts
        if 0.0 not in rest
    ]
    return " + ".join(written) or "0"


def _level(model: Model, scores: Scores, levels: Levels, state: LevelState | None) -> LevelNode:
    scale, heat = model.scale, number_or_none(scores.heat[0])
    before = state or LevelState()
    by_place = [level.name for level in scale.levels]
    calm_first = by_place if scale.alarming_end is AlarmingEnd.HIGH else by_place[::-1]
    counted = dict(zip(calm_first, (len(periods) for periods in levels.state.dwelt), strict=False))
    here = UNKNOWN if heat is None else scale.level_for(heat).name
    return LevelNode(
        level=levels.names[0],
        concern=levels.concerns[0],
        here=here,
        edges=tuple((level.name, level.low) for level in scale.levels),
        margin=scale.margin,
        dwell=scale.dwell,
        before=before.last_known,
        dwelt={name: count for name, count in counted.items() if count},
        because=_because(model, scores, levels, here=here, before=before),
    )


def _because(model: Model, scores: Scores, levels: Levels, *, here: str, before: LevelState) -> str:
    """Say in a sentence why the level is what it is."""
    scale, level = model.scale, levels.names[0]
    least, coverage = model.subject.min_coverage, float(scores.coverage[0])
    if np.isnan(scores.heat[0]):
        return say("no data")
    if level == UNKNOWN:
        return say(
            "coverage {share} is below {least}, the least the subject allows",
            share=plain(coverage, 3), least=plain(least, 3),
        )  # fmt: skip
    if level == here:
        return say("heat lies in {level}", level=say(here))
    return say_many(
        "heat lies in {level}, but {before} is left only {margin} points past its edge and for {n} period",
        "heat lies in {level}, but {before} is left only {margin} points past its edge and for {n} periods",
        scale.dwell, level=say(here), before=say(before.last_known), margin=plain(scale.margin),
    )  # fmt: skip
