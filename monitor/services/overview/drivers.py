"""The table of drivers: each indicator with value, thresholds, pressure, weight, points and freshness."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from monitor.domain.chart import Strip
from monitor.domain.clock import moment
from monitor.domain.grade import grade_factor, grade_of
from monitor.domain.indicator import Indicator, Normalisation, ThresholdNormalisation
from monitor.domain.ledgers.ledger import Ledger
from monitor.domain.observation import Observation
from monitor.domain.placement import Placement
from monitor.domain.scale import AlarmingEnd, Concern
from monitor.domain.scoring.absence import Absence, absence_of
from monitor.domain.scoring.hierarchy import Hierarchy
from monitor.domain.scoring.model import Model, Placed
from monitor.domain.series import SeriesKey
from monitor.domain.spoken import age, cadence, period, plain, short
from monitor.domain.wording import msgid, say
from monitor.services.overview.citations import NOTHING, Citations, Cited
from monitor.services.overview.derivations import how_words, placement_name
from monitor.services.overview.ledgers import deltas
from monitor.services.overview.values import Change, change_of
from monitor.services.overview.words import value_words
from monitor.storage.pressures import DriverPressure, Pressure
from monitor.storage.snapshot import Definitions

_LOW_GRADE = 0.7
_CELLS = 5
_DAY = 86_400
_TIMED = {
    "decay": (msgid("fades, half-life {n} d"), "half_life_days"),
    "rolling_sum": (msgid("sum of {n} d"), "window_days"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorRow:
    """One placement. `points` are points of heat it accounts for; `since` those of the chosen span."""

    slug: str
    series: str
    name: str
    unit: str
    value: str
    when: str
    known_at: datetime | None
    strip: Strip
    pressure: float | None
    weight: float
    points: float
    since: Change | None
    freshness: float
    cells: int
    age: str
    grade: str
    is_low_grade: bool
    cited: Cited
    flags: tuple[str, ...]
    blindness: str
    note: str
    how: str = ""
    absence: Absence | None = None

    @property
    def counts(self) -> bool:
        """Whether it is part of the sums at all."""
        return self.absence is not Absence.NOT_APPLICABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverRow:
    """A driver with its own placements; `depth` counts the drivers above it. Points are of all below it."""

    slug: str
    depth: int
    top: str
    name: str
    pressure: float | None
    weight: float
    points: float
    since: Change | None
    items: tuple[IndicatorRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What all rows of one table need."""

    known: Definitions
    model: Model
    found: Mapping[str, Pressure]
    latest: Mapping[str, Observation]
    moved: Mapping[str, float]
    citations: Citations
    as_of: datetime
    failing: Collection[str]

    @property
    def end(self) -> AlarmingEnd:
        return self.model.scale.alarming_end

    @property
    def sign(self) -> float:
        """Points are taken away from a standing, and added to a risk."""
        return -1.0 if self.end is AlarmingEnd.LOW else 1.0


def driver_rows(  # noqa: PLR0913 - the table joins all that is known of each placement
    known: Definitions,
    model: Model,
    *,
    found: Mapping[str, Pressure],
    totals: Mapping[str, DriverPressure],
    latest: Mapping[str, Observation],
    ledger: Ledger | None,
    citations: Citations,
    as_of: datetime,
    failing: Collection[str] = (),
) -> tuple[DriverRow, ...]:
    """Return the drivers, each followed by those below it, in their stored order, with their indicators."""
    around = _Around(
        known=known, model=model, found=found, latest=latest,
        moved={} if ledger is None else deltas(ledger), citations=citations, as_of=as_of, failing=failing,
    )  # fmt: skip
    weights = model.effective_weights
    return tuple(
        _driver(around, totals, number, float(np.sum(weights[model.hierarchy.below(number)])))
        for number in _downwards(model.hierarchy)
    )


def _downwards(tree: Hierarchy) -> list[int]:
    """Return the drivers as they are read: each before those below it."""
    found, waiting = [], tree.top.drivers.tolist()
    while waiting:
        found.append(waiting.pop(0))
        waiting = [*tree.groups[found[-1]].drivers.tolist(), *waiting]
    return found


def _driver(around: _Around, totals: Mapping[str, DriverPressure], number: int, weight: float) -> DriverRow:
    drivers, path = around.model.subject.drivers, around.model.hierarchy.path(number)
    slug, total = drivers[number].slug, totals.get(drivers[number].slug)
    return DriverRow(
        slug=slug,
        depth=len(path) - 1,
        top=drivers[path[0]].slug,
        name=drivers[number].name,
        pressure=None if total is None else total.pressure,
        weight=weight,
        points=around.sign * (0.0 if total is None else abs(total.points)),
        since=_moved(around, slug),
        items=(
            *(_row(around, placed) for placed in around.model.placements if placed.driver_index == number),
            *(_absent_row(around, each) for each in around.model.not_applicable if each.driver == slug),
        ),
    )


def _row(around: _Around, placed: Placed) -> IndicatorRow:
    placement, indicator = placed.placement, placed.indicator
    pressure = around.found.get(placement.slug)
    observation = around.latest.get(placement.series)
    grade = observation.reading.grade if observation is not None else _own_grade(indicator, pressure)
    value = None if pressure is None else pressure.value
    return IndicatorRow(
        slug=placement.slug,
        series=placement.series,
        name=placement_name(around.known, indicator, placement.series, subject=around.model.subject),
        unit=_unit(indicator, is_saturated=pressure is not None and pressure.is_saturated),
        value=value_words(indicator, value),
        when=_when(around, pressure),
        known_at=None if pressure is None or pressure.known_at is None else moment(pressure.known_at),
        strip=_strip(placed, pressure),
        pressure=None if pressure is None else pressure.pressure,
        weight=0.0 if pressure is None else pressure.weight,
        points=around.sign * (0.0 if pressure is None else abs(pressure.points)),
        since=_moved(around, placement.slug),
        freshness=0.0 if pressure is None else pressure.freshness,
        cells=0 if pressure is None else _cells(pressure.freshness),
        age=_age(around, indicator, pressure),
        grade=grade,
        is_low_grade=grade_factor(grade) <= _LOW_GRADE,
        cited=NOTHING if observation is None else around.citations.number(observation.reading.citation),
        flags=_flags(pressure),
        blindness=_blindness(indicator, pressure, grade),
        note="" if observation is None else observation.reading.note,
        how=how_words(around.known, indicator, placement.series),
        absence=_absence(around, indicator, pressure),
    )


def _absent_row(around: _Around, placement: Placement) -> IndicatorRow:
    """A placement that does not apply, with its reason: listed, and nowhere counted."""
    indicator = around.known.indicators[SeriesKey.parse(placement.series).indicator]
    return IndicatorRow(
        slug=placement.slug, series=placement.series,
        name=placement_name(around.known, indicator, placement.series, subject=around.model.subject),
        unit=placement.not_applicable, value="–", when=Absence.NOT_APPLICABLE.value, known_at=None,
        strip=Strip(pressure=None), pressure=None, weight=0.0, points=0.0, since=None, freshness=0.0, cells=0,
        age="", grade="", is_low_grade=False, cited=NOTHING, flags=(), blindness="", note="",
        absence=Absence.NOT_APPLICABLE,
    )  # fmt: skip


def _own_grade(indicator: Indicator, pressure: Pressure | None) -> str:
    """The grade of a reckoned value: the worst of what it rests on."""
    if indicator.derived is None or pressure is None or pressure.grade is None:
        return ""
    return grade_of(pressure.grade)


def _absence(around: _Around, indicator: Indicator, pressure: Pressure | None) -> Absence | None:
    is_seen = pressure is not None and pressure.is_observed
    return absence_of(
        indicator,
        raw=pressure.value if pressure is not None and is_seen else None,
        freshness=0.0 if pressure is None else pressure.freshness,
        is_source_failing=indicator.source in around.failing,
    )


def _moved(around: _Around, slug: str) -> Change | None:
    return change_of(around.moved.get(slug, 0.0), around.end)


def _unit(indicator: Indicator, *, is_saturated: bool) -> str:
    """The second line: the unit, how time works on it, and whether the strip's end is reached."""
    timed = [
        say(_TIMED[each.name][0], n=plain(each.parameters[_TIMED[each.name][1]]))
        for each in indicator.transforms
        if each.name in _TIMED
    ]
    is_fading = any(each.name == "decay" for each in indicator.transforms)
    own = say("state") if indicator.words else "" if is_fading else indicator.unit
    end = say("at the end") if is_saturated and not indicator.words else ""
    return ", ".join(part for part in (own, *timed, end) if part)


def _when(around: _Around, pressure: Pressure | None) -> str:
    if pressure is None or pressure.period_start is None or pressure.period_end is None:
        return say("never")
    near = around.as_of.date()
    return period(moment(pressure.period_start), moment(pressure.period_end), near=near)


def _strip(placed: Placed, pressure: Pressure | None) -> Strip:
    if pressure is None:
        return strip_of(placed.normalisation, None, is_saturated=False)
    return strip_of(placed.normalisation, pressure.pressure, is_saturated=pressure.is_saturated)


def strip_of(normalisation: Normalisation, value: float | None, *, is_saturated: bool) -> Strip:
    """Return the strip of a pressure, its joints named where thresholds score."""
    if not isinstance(normalisation, ThresholdNormalisation):
        return Strip(pressure=value, is_saturated=is_saturated)
    edges = [normalisation.thresholds.edge(concern) for concern in Concern]
    joints = tuple("" if edge is None else short(edge) for edge in edges)
    return Strip(pressure=value, joints=joints, is_saturated=is_saturated)


def _cells(freshness: float) -> int:
    return min(_CELLS, max(0, round(freshness * _CELLS))) if freshness > 0 else 0


def _age(around: _Around, indicator: Indicator, pressure: Pressure | None) -> str:
    if pressure is None or not pressure.is_observed:
        return say("never seen")
    if pressure.is_carried:
        return say("stale")
    if any(each.name == "decay" for each in indicator.transforms):
        return say("fades")
    if indicator.cadence_days >= 365:  # noqa: PLR2004 - a year
        return cadence(indicator.cadence_days)
    seconds = 0.0 if pressure.period_end is None else around.as_of.timestamp() - pressure.period_end
    return age(max(seconds, 0.0)) if seconds >= _DAY else say("today")


def _flags(pressure: Pressure | None) -> tuple[str, ...]:
    if pressure is None:
        return ()
    named = (
        (msgid("held: provisional"), pressure.is_held),
        (msgid("provisional"), pressure.is_provisional and not pressure.is_held),
        (msgid("imputed"), pressure.is_imputed),
    )
    return tuple(say(name) for name, is_set in named if is_set)


def _blindness(indicator: Indicator, pressure: Pressure | None, grade: str) -> str:
    """Say why the value can be relied on less; empty where it can."""
    if pressure is not None and pressure.is_imputed:
        return say("imputed, not observed")
    if pressure is None or not pressure.is_observed:
        return say("never observed")
    if pressure.is_carried and pressure.period_end is not None:
        gone = moment(pressure.period_end + int(indicator.expires_after_days * _DAY))
        return say("stale since {day}", day=period(gone, moment(gone.timestamp() + _DAY)))
    if not grade:
        return say("not graded")
    return say("graded {grade}", grade=grade) if grade_factor(grade) < _LOW_GRADE else ""
