"""What a rule sees of an assessment: the one way to a snapshot, live, in previews and in replays."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from monitor.domain.alerting.alert import DataHealth
from monitor.domain.alerting.snapshot import Edges, Snapshot, data_health
from monitor.domain.clock import DAY_SECONDS
from monitor.domain.derivations.formula import Band, Formula
from monitor.domain.scale import Concern

_NOTHING = Edges(by_concern={})


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """When a rule looks: wall time, duty seconds since it last did, and those lost to outages."""

    wall: datetime
    duty_seconds: float = 0.0
    outage_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesSeen:
    """A placement as last assessed; period end and seq are those of the value scored, None without one."""

    value: float | None
    pressure: float | None
    freshness: float
    is_observed: bool
    period_end: int | None
    seq: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSeen:
    """A subject's level as last assessed: concern None is Unknown; `period` ends last of those scored."""

    concern: Concern | None
    is_assessed: bool
    period: int | None
    seq: int


def level_snapshot(edges: Edges, seen: LevelSeen, *, when: When) -> Snapshot:
    """Return what a heat-level rule sees; an Unknown level is STALE, none at all NO_DATA."""
    unknown = DataHealth.STALE if seen.is_assessed else DataHealth.NO_DATA
    return Snapshot(
        value=None if seen.concern is None else float(seen.concern),
        edges=edges,
        health=unknown if seen.concern is None else DataHealth.OK,
        wall=when.wall,
        period=seen.period,
        seq=seen.seq,
        duty_seconds=when.duty_seconds,
        outage_seconds=when.outage_seconds,
    )


def momentum_snapshot(edges: Edges, seen: LevelSeen, moved: float | None, *, when: When) -> Snapshot:
    """Return what a momentum rule sees: how unusual the move is; blind as a level is, or without a past."""
    return replace(level_snapshot(edges, seen, when=when), value=moved)


def series_snapshot(
    edges: Edges,
    seen: SeriesSeen,
    *,
    when: When,
    cadence_days: float,
    is_failing: bool = False,
    is_ended: bool = False,
) -> Snapshot:
    """Return what a threshold rule sees of a series that its subject has placed."""
    return Snapshot(
        value=edges.compared(value=seen.value, pressure=seen.pressure),
        edges=edges,
        health=data_health(freshness=seen.freshness, is_observed=seen.is_observed, is_failing=is_failing),
        wall=when.wall,
        period=seen.period_end,
        seq=seen.seq or 0,
        duty_seconds=when.duty_seconds,
        outage_seconds=when.outage_seconds,
        cadence_seconds=cadence_days * DAY_SECONDS,
        is_ended=is_ended,
    )


def combined(formula: Formula, seen: Mapping[str, SeriesSeen]) -> SeriesSeen:
    """Return what a formula makes of its operands: observed where all are, as fresh as the stalest."""
    bands = {name: _band(each.value) for name, each in seen.items()}
    value = float(formula.evaluate(bands).value[0])
    periods = [each.period_end for each in seen.values() if each.period_end is not None]
    return SeriesSeen(
        value=None if np.isnan(value) else value,
        pressure=None,
        freshness=min(each.freshness for each in seen.values()),
        is_observed=all(each.is_observed for each in seen.values()),
        period_end=max(periods, default=None),
        seq=max(each.seq or 0 for each in seen.values()),
    )


def _band(value: float | None) -> Band:
    found = np.array([np.nan if value is None else value])
    return Band(value=found, low=found, high=found)


def unseen(*, when: When) -> Snapshot:
    """Return what a rule sees of a series that is not placed, or of none."""
    return Snapshot(value=None, edges=_NOTHING, health=DataHealth.NO_DATA, wall=when.wall)
