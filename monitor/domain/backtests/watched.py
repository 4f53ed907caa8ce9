"""What a rule would have seen at each of many moments, as arrays, and as the snapshot of any one of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from monitor.domain.alerting.alert import DataHealth
from monitor.domain.alerting.reckoned import RECKONED, reckoned_at
from monitor.domain.alerting.rule import Measure, Rule, RuleKind
from monitor.domain.alerting.seen import (
    LevelSeen,
    SeriesSeen,
    When,
    level_snapshot,
    momentum_snapshot,
    series_snapshot,
)
from monitor.domain.alerting.snapshot import (
    Edges,
    Snapshot,
    formula_edges,
    level_edges,
    momentum_edges,
    threshold_edges,
)
from monitor.domain.derivations.formula import Band, Formula
from monitor.domain.missing import number_or_none
from monitor.domain.scale import Concern
from monitor.domain.scoring.level import Levels
from monitor.domain.scoring.model import Model
from monitor.domain.scoring.momentum import unusual_at
from monitor.domain.scoring.scores import Scores
from monitor.domain.series import Bools, Columns, Floats, Ints

HEALTHS = tuple(DataHealth)
FIRST_BLIND = HEALTHS.index(DataHealth.STALE)
_OF_HEAT = frozenset({RuleKind.HEAT_LEVEL, RuleKind.MOMENTUM})
NEVER_ENDS = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A rule with its edges, and in arrays of one length what it sees at each moment.

    `period` is -1 where nothing was scored, `seq` rises with what became known. Of a heat-level rule `value`
    is the level's concern, NaN where Unknown; of a momentum rule that is `level`. The series is ended from
    `ended_at` on.
    """

    rule: Rule
    version: int
    edges: Edges
    cadence_days: float
    value: Floats
    pressure: Floats
    freshness: Floats
    observed: Bools
    period: Ints
    seq: Ints
    ended_at: int = NEVER_ENDS
    level: Floats | None = None

    @property
    def compared(self) -> Floats:
        """The value or the pressure, whichever the edges are for; NaN where there is none."""
        return self.pressure if self.edges.measure is Measure.PRESSURE else self.value

    def equals(self, other: "Watched | None") -> bool:
        """Whether another rule is this one and saw the very same."""
        if other is None:
            return False
        arrays = ("value", "pressure", "freshness", "observed", "period", "seq")
        rest = ("rule", "version", "edges", "cadence_days", "ended_at")
        return all(getattr(self, name) == getattr(other, name) for name in rest) and all(
            np.array_equal(getattr(self, name), getattr(other, name), equal_nan=True) for name in arrays
        )

    def remembered(self, number: int) -> tuple[float | None, int | None]:
        """Return the value and period that an evaluation at one moment keeps, as its snapshot has them."""
        period = int(self.period[number])
        least = 1 if self.rule.kind in _OF_HEAT else 0
        return number_or_none(self.compared[number]), period if period >= least else None

    def snapshot(self, number: int, *, when: When, at: int) -> Snapshot:
        """Return what the rule sees at one moment, made by the code that makes it live."""
        period = int(self.period[number])
        if self.rule.kind in _OF_HEAT:
            is_momentum = self.rule.kind is RuleKind.MOMENTUM
            concern = number_or_none(self.level[number] if self.level is not None else self.value[number])
            seen = LevelSeen(
                concern=None if concern is None else Concern(int(concern)), is_assessed=True,
                period=period if period > 0 else None, seq=int(self.seq[number]),
            )  # fmt: skip
            if is_momentum:
                return momentum_snapshot(self.edges, seen, number_or_none(self.value[number]), when=when)
            return level_snapshot(self.edges, seen, when=when)
        return series_snapshot(
            self.edges,
            SeriesSeen(
                value=number_or_none(self.value[number]),
                pressure=number_or_none(self.pressure[number]),
                freshness=float(self.freshness[number]),
                is_observed=bool(self.observed[number]),
                period_end=period if period >= 0 else None,
                seq=int(self.seq[number]),
            ),
            when=when,
            cadence_days=self.cadence_days,
            is_ended=at >= self.ended_at,
        )


def watched(
    rule: Rule,
    *,
    version: int,
    model: Model,
    columns: Mapping[str, Columns],
    scores: Scores,
    levels: Levels,
    ended_at: int = NEVER_ENDS,
) -> Watched | None:
    """Return what a rule would have seen at the moments scored; None where its series is not placed."""
    if rule.kind is RuleKind.HEAT_LEVEL:
        return _level(rule, version, columns, scores, levels)
    if rule.kind is RuleKind.MOMENTUM:
        return _momentum(rule, _level(rule, version, columns, scores, levels), scores)
    if rule.kind is RuleKind.FORMULA:
        return _formula(rule, version, model, columns, scores, ended_at)
    place = model.place_of.get(rule.series)
    if place is None:
        return None
    placed, found = model.placements[place], scores.placements
    value = found.value[place]
    if rule.measure in RECKONED:
        value = reckoned_at(rule, placed.indicator, columns, at=scores.at)
    return Watched(
        rule=rule,
        version=version,
        edges=threshold_edges(rule, placed.normalisation),
        cadence_days=placed.indicator.cadence_days,
        value=value,
        pressure=found.pressure[place],
        freshness=found.freshness[place],
        observed=found.observed[place],
        period=found.period_end[place],
        seq=_in_order_known(columns.get(rule.series), found.seq[place]),
        ended_at=ended_at,
    )


def health_codes(rows: "Bools | Floats", *, freshness: Floats, observed: Bools) -> Ints:
    """Return the sound health of compared values as places in HEALTHS: `data_health`, for arrays."""
    codes = np.where(freshness >= 1, 0, 1)
    codes = np.where(freshness <= 0, FIRST_BLIND, codes)
    codes = np.where(np.isinf(rows) & (codes < FIRST_BLIND), HEALTHS.index(DataHealth.ERROR), codes)
    nothing = ~observed | (np.isnan(rows) & (codes < FIRST_BLIND))
    return np.where(nothing, HEALTHS.index(DataHealth.NO_DATA), codes)


def _level(
    rule: Rule, version: int, columns: Mapping[str, Columns], scores: Scores, levels: Levels
) -> Watched:
    concern = np.array([np.nan if each is None else float(each) for each in levels.concerns])
    return Watched(
        rule=rule,
        version=version,
        edges=level_edges(rule),
        cadence_days=0.0,
        value=concern,
        pressure=concern,
        freshness=np.where(np.isnan(concern), 0.0, 1.0),
        observed=np.ones(len(concern), dtype=np.bool_),
        period=np.max(scores.placements.period_end, axis=0, initial=-1),
        seq=_rows_known(columns, scores.known_at),
    )


def _formula(
    rule: Rule, version: int, model: Model, columns: Mapping[str, Columns], scores: Scores, ended_at: int
) -> Watched | None:
    """Return what the formula makes of its operands at each moment, as `combined` does of one."""
    places = {name: model.place_of.get(key) for name, key in rule.operands.items()}
    found = {name: place for name, place in places.items() if place is not None}
    if len(found) < len(places) or not found:
        return None
    seen, rows = scores.placements, list(found.values())
    values = {name: seen.value[place] for name, place in found.items()}
    bands = {name: Band(value=each, low=each, high=each) for name, each in values.items()}
    value = Formula(text=rule.formula).evaluate(bands).value
    own = {key: columns[key] for key in rule.operands.values() if key in columns}
    return Watched(
        rule=rule,
        version=version,
        edges=formula_edges(rule),
        cadence_days=min(model.placements[place].indicator.cadence_days for place in rows),
        value=value,
        pressure=np.full(len(value), np.nan),
        freshness=seen.freshness[rows].min(axis=0),
        observed=np.logical_and.reduce(seen.observed[rows]),
        period=seen.period_end[rows].max(axis=0),
        seq=_rows_known(own, scores.known_at),
        ended_at=ended_at,
    )


def _momentum(rule: Rule, found: Watched, scores: Scores) -> Watched:
    pressure = np.where(np.isnan(found.value), np.nan, scores.raw_pressure)
    moved = unusual_at(scores.at, pressure, moments=scores.at, days=rule.days)
    edges = momentum_edges(rule)
    return replace(found, edges=edges, value=moved, pressure=moved, level=found.value)


def _rows_known(columns: Mapping[str, Columns], known_at: Ints) -> Ints:
    """Count what was known: it rises as the number of a subject's newest input does live."""
    known = [each.known_at for each in columns.values()]
    every = np.sort(np.concatenate(known)) if known else np.zeros(0, dtype=np.int64)
    return np.searchsorted(every, known_at, side="right")


def _in_order_known(columns: Columns | None, seq: Ints) -> Ints:
    """Number a series' rows in the order in which they became known, as they would have come in live.

    A history loaded later may carry its numbers in any other order. 0 where nothing is scored.
    """
    if columns is None or not len(columns):
        return np.zeros_like(seq)
    known = columns.known_at
    if (known[1:] >= known[:-1]).all() and np.array_equal(seq, columns.seq):
        return np.arange(1, len(seq) + 1)
    order = np.lexsort((columns.seq, columns.known_at))
    numbers, first = np.unique(columns.seq[order], return_index=True)
    place = np.minimum(np.searchsorted(numbers, seq), len(numbers) - 1)
    return np.where(seq >= 0, first[place] + 1, 0)
