"""What one evaluation of a rule sees: the value, the edges in force, and how far the data can be trusted."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.alerting.alert import DataHealth
from monitor.domain.alerting.rule import Measure, Rule
from monitor.domain.indicator import Normalisation
from monitor.domain.normalisations.normalisation import TargetBandNormalisation, ThresholdNormalisation
from monitor.domain.scale import FULL, Concern

__all__ = [
    "ALARMS",
    "BLIND",
    "Edge",
    "Edges",
    "Measure",
    "Snapshot",
    "data_health",
    "formula_edges",
    "level_edges",
    "momentum_edges",
    "threshold_edges",
]  # fmt: skip

BLIND = frozenset({DataHealth.STALE, DataHealth.NO_DATA, DataHealth.ERROR})
ALARMS = tuple(concern for concern in Concern if concern is not Concern.NORMAL)
_TENTH = 0.1
_BY_SURGE = (Measure.SURGE, True, {Concern.HIGH: 2.5, Concern.CRITICAL: 5.0})
_BY_MOMENTUM = (
    Measure.MOMENTUM,
    True,
    {Concern.WATCH: 1.0, Concern.ELEVATED: 1.5, Concern.HIGH: 2.0, Concern.CRITICAL: 3.0},
)
_BY_RECORD = (Measure.RECORD_HIGH, True, {Concern.HIGH: 366.0, Concern.CRITICAL: 1096.0})
_LEFT_SURGES = {Concern.HIGH: 2.0, Concern.CRITICAL: 4.0}
_BY_PRESSURE = (Measure.PRESSURE, True, {concern: FULL * concern / len(ALARMS) for concern in Concern})


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Where a concern is entered and where it is left, in the unit of what is compared."""

    enter: float
    exit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """The edges of a rule by concern, and which way is worse."""

    by_concern: Mapping[Concern, Edge]
    is_higher_worse: bool = True
    measure: Measure = Measure.VALUE

    def entered(self, value: float) -> frozenset[Concern]:
        """Return the concerns whose edge the value has reached; exactly on it counts."""
        return frozenset(
            concern
            for concern, edge in self.by_concern.items()
            if self._badness(value) >= self._badness(edge.enter)
        )

    def held(self, value: float) -> frozenset[Concern]:
        """Return the concerns that the value has not left; exactly on the exit it has not."""
        return frozenset(
            concern
            for concern, edge in self.by_concern.items()
            if self._badness(value) >= self._badness(edge.exit)
        )

    def compared(self, *, value: float | None, pressure: float | None) -> float | None:
        """Return the one of the two that these edges are for."""
        return pressure if self.measure is Measure.PRESSURE else value

    def _badness(self, value: float) -> float:
        return value if self.is_higher_worse else -value


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The data as known at a slot.

    `value` is what `edges` compare: for a heat-level rule the published level's concern as a number, None
    where the level is Unknown (and the health then STALE).
    `period` is the end of the newest period (epoch seconds), `seq` the newest input's number.
    `duty_seconds` is time on the subject's clock since the last evaluation, less outages; of those,
    `outage_seconds`. `wall` is the wall time of the evaluation, by which acks expire. `is_backfill`: this
    slot lies in the past of what was evaluated, and tells nobody. `is_ended`: the series was ended.
    """

    value: float | None
    edges: Edges
    health: DataHealth
    wall: datetime
    period: int | None = None
    seq: int = 0
    duty_seconds: float = 0.0
    outage_seconds: float = 0.0
    cadence_seconds: float = 0.0
    is_backfill: bool = False
    is_ended: bool = False

    @property
    def sound_health(self) -> DataHealth:
        """The health after looking at the value: none is NO_DATA, one that cannot be compared ERROR."""
        if self.health in BLIND:
            return self.health
        if self.value is None:
            return DataHealth.NO_DATA
        return self.health if math.isfinite(self.value) else DataHealth.ERROR

    @property
    def is_blind(self) -> bool:
        """Whether there is nothing to judge by."""
        return self.sound_health in BLIND


def data_health(*, freshness: float, is_observed: bool, is_failing: bool) -> DataHealth:
    """Return what a series' age, and whether its source fails, make of it (alerting.md 1.4)."""
    if is_failing:
        return DataHealth.ERROR
    if not is_observed:
        return DataHealth.NO_DATA
    if freshness <= 0:
        return DataHealth.STALE
    return DataHealth.OK if freshness >= 1 else DataHealth.AGEING


def level_edges(rule: Rule) -> Edges:
    """Return the edges of a heat-level rule: each concern at its own number; the level has the hysteresis."""
    return Edges(
        by_concern={
            concern: Edge(enter=float(concern), exit=float(concern))
            for concern in ALARMS
            if concern >= rule.lowest_concern
        },
        measure=Measure.CONCERN,
    )


def threshold_edges(rule: Rule, normalisation: Normalisation) -> Edges:
    """Return the edges of a threshold rule: its own, or the thresholds in force (alerting.md 1.2).

    An exit left out lies a tenth of the way to the next milder threshold. A normalisation of another form has
    none: where the rule gives no edges, the pressure is compared, at 25, 50, 75 and 100. A rule may ask for
    that itself; its own edges are then pressures.
    """
    return _edges_of(rule, *_thresholds(rule, normalisation))


def momentum_edges(rule: Rule) -> Edges:
    """Return the edges of a momentum rule, in standard deviations: its own, or the usual."""
    return _edges_of(rule, *_BY_MOMENTUM)


def formula_edges(rule: Rule) -> Edges:
    """Return the edges of a formula rule, which are its own; their order says which way is worse."""
    is_higher_worse = rule.enter[max(rule.enter)] >= rule.enter[min(rule.enter)]
    return _edges_of(rule, Measure.VALUE, is_higher_worse, {})


def _edges_of(rule: Rule, measure: Measure, is_higher_worse: bool, known: Mapping[Concern, float]) -> Edges:  # noqa: FBT001
    sign = 1 if is_higher_worse else -1
    known = {concern: sign * value for concern, value in known.items()}
    own = {concern: sign * value for concern, value in rule.enter.items()}
    entered = {concern: value for concern, value in (own or known).items() if concern >= rule.lowest_concern}
    return Edges(
        by_concern={
            concern: Edge(enter=sign * enter, exit=sign * _exit(rule, concern, enter, known | own, sign))
            for concern, enter in sorted(entered.items())
        },
        is_higher_worse=is_higher_worse,
        measure=measure,
    )


def _thresholds(rule: Rule, normalisation: Normalisation) -> tuple[Measure, bool, dict[Concern, float]]:
    if rule.measure is Measure.PRESSURE:
        return _BY_PRESSURE
    if rule.measure is Measure.SURGE:
        return _BY_SURGE
    if rule.measure is Measure.RECORD_HIGH:
        return _BY_RECORD
    if isinstance(normalisation, ThresholdNormalisation):
        thresholds = normalisation.thresholds
        edges = {concern: thresholds.edge(concern) for concern in Concern}
        known = {concern: edge for concern, edge in edges.items() if edge is not None}
        return Measure.VALUE, thresholds.is_higher_worse, known
    if rule.enter:
        return Measure.VALUE, _is_higher_worse(rule, normalisation), {}
    return _BY_PRESSURE


def _is_higher_worse(rule: Rule, normalisation: Normalisation) -> bool:
    """Return the side a rule's own edges watch: of a target band, the one its worst edge lies on."""
    if isinstance(normalisation, TargetBandNormalisation):
        return rule.enter[max(rule.enter)] >= normalisation.high
    return bool(normalisation.is_higher_worse)


def _exit(rule: Rule, concern: Concern, enter: float, edges: Mapping[Concern, float], sign: int) -> float:
    """Return the exit in badness; never worse than the enter, or the alert would leave what it enters."""
    if concern in rule.exit:
        return min(enter, sign * rule.exit[concern])
    if rule.measure is Measure.SURGE and not rule.enter:
        return _LEFT_SURGES[concern]
    milder = [edge for other, edge in edges.items() if other < concern and edge < enter]
    return enter - _TENTH * (enter - max(milder, default=enter))
