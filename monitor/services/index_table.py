"""An index over units: the subjects stamped from one template, scored together, units x columns."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import MAXYEAR, datetime

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.clock import epoch, moment
from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.normalisations.relative import RelativeNormalisation
from monitor.domain.phrases import phrase
from monitor.domain.scale import Concern, Scale
from monitor.domain.scoring.heat import heat_of, score
from monitor.domain.scoring.level import levels
from monitor.domain.scoring.model import Model, Placed
from monitor.domain.scoring.newest import raw_value
from monitor.domain.scoring.one_period import periods_in, up_to_period
from monitor.domain.scoring.scores import Scores
from monitor.domain.series import Bools, Columns, Floats, empty_columns
from monitor.packs.dates import after, read_date
from monitor.services.model_of import model_by
from monitor.services.read_columns import read_columns_of_all
from monitor.storage import snapshot, subjects
from monitor.storage.snapshot import Definitions

_PERIOD = re.compile(r"\d{4}(-\d\d){0,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexHead:
    """One template and how many subjects were stamped from it."""

    template: str
    name: str
    subjects: int
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexUnit:
    """One unit: its subject, and the result on the subject's scale; heat None where nothing is observed.

    `rank` counts from the highest heat, level ones sharing the least number; `imputed` and the other shares
    run from 0 to 1. `level` is read at the edges, without the memory that a published level has.
    """

    subject: str
    unit: str
    name: str
    group: str
    at: datetime
    heat: float | None
    pressure: float | None
    rank: int | None
    level: str
    concern: Concern | None
    coverage: float
    confidence: float
    imputed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexColumn:
    """An indicator or a driver as a column; `parent` is the driver it lies under ("" the index itself)."""

    key: str
    name: str
    parent: str
    weight: float
    effective_weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverLevel:
    """All drivers at one depth, 1 directly under the index; arrays are units x drivers.

    `present` is the share of a driver's members, by number, that have a value, imputed ones included.
    """

    depth: int
    columns: tuple[IndexColumn, ...]
    pressure: Floats
    heat: Floats
    present: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexTable:
    """All levels of an index at one moment; arrays are units x indicators, NaN where there is nothing.

    `raw` is as it came, of the period scored; `value` the indicator's after its transforms, `treated` what
    its pressure is read off. `period` is the one asked for ("" where a moment was), `periods` those there
    are, newest first.
    """

    template: str
    scale: Scale
    known_at: datetime
    period: str
    periods: tuple[str, ...]
    units: tuple[IndexUnit, ...]
    indicators: tuple[IndexColumn, ...]
    raw: Floats
    value: Floats
    treated: Floats
    imputed: Bools
    pressure: Floats
    heat: Floats
    drivers: tuple[DriverLevel, ...]

    def only(self, keep: Bools) -> "IndexTable":
        """Return the table of some of its units; what was reckoned over all of them, ranks too, stays."""
        if keep.all():
            return self
        steps = ("raw", "value", "treated", "imputed", "pressure", "heat")
        drivers = (
            replace(each, **{name: getattr(each, name)[keep] for name in ("pressure", "heat", "present")})
            for each in self.drivers
        )
        return replace(
            self,
            units=tuple(unit for unit, is_kept in zip(self.units, keep.tolist(), strict=True) if is_kept),
            drivers=tuple(drivers),
            **{name: getattr(self, name)[keep] for name in steps},
        )


def list_indices(session: Session) -> list[IndexHead]:
    """Return every template that subjects were stamped from, by name."""
    found: dict[str, list[str]] = {}
    here = snapshot.current(session)
    for subject in here.subjects.values():
        if subject.template and not subject.is_exercise:
            found.setdefault(subject.template, []).append(subject.group)
    return [
        IndexHead(
            template=template,
            name=index_name(here, template),
            subjects=len(groups),
            groups=tuple(sorted(filter(None, set(groups)))),
        )
        for template, groups in sorted(found.items())
    ]


def index_name(known: Definitions, template: str) -> str:
    """Return an index's name for people: its pack's, where the template is named after it."""
    edition = known.pack_editions.get(template)
    return template.replace("-", " ").capitalize() if edition is None else edition.name


def index_table(
    session: Session,
    template: str,
    *,
    now: datetime,
    at: datetime | None = None,
    as_of: datetime | None = None,
    period: str = "",
) -> IndexTable:
    """Score every subject of a template at a moment (default: its own now) as known then (default: now).

    With a `period` (2021, 2021-08, 2021-08-01) at its end, from it and earlier ones alone, all of them
    settled. One read for all. NotFound if no subject was stamped from it, InvalidInput for another period.
    """
    end = _end_of(period) if period else None
    here = snapshot.current(session)
    slugs = [
        slug for slug, each in here.subjects.items() if each.template == template and not each.is_exercise
    ]
    if not slugs:
        raise NotFound(
            phrase(
                "there is no index {template}: no subject was stamped from such a template", template=template
            )
        )
    models = [model_by(here, slug) for slug in slugs]
    states = subjects.states(session, slugs)
    at = end or at
    moments = [epoch(at or (states[slug].clock.at(now) if slug in states else now)) for slug in slugs]
    known_at = epoch(as_of or now)
    columns = read_columns_of_all(session, models)
    periods = periods_in(
        each
        for model, own in zip(models, columns, strict=True)
        for each in (own.get(placed.placement.series) for placed in model.placements)
        if each is not None
    )
    scored = [
        _score(model, own, at=second, known_at=known_at, end=end)
        for model, own, second in zip(models, columns, moments, strict=True)
    ]
    return _table(template, scored, known_at=known_at, period=period, periods=periods)


def _end_of(period: str) -> datetime:
    written = read_date(period) if _PERIOD.fullmatch(period) else None
    # No moment comes after the last year there is.
    if written is None or written.start.year == MAXYEAR:
        message = f"a period is a year, a month or a day, such as 2021, 2021-08 or 2021-08-01, not {period!r}"
        raise InvalidInput(message, field="period")
    return after(written)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scored:
    """One subject at its moment."""

    model: Model
    scores: Scores
    at: int
    raw: Floats


def _score(
    model: Model, columns: Mapping[str, Columns], *, at: int, known_at: int, end: datetime | None
) -> _Scored:
    series = [placed.placement.series for placed in model.placements]
    if end is not None:
        columns = up_to_period(columns, series, end=at)
    scores = score(model, columns, at=np.array([at]), known_at=np.array([known_at]))
    placed = scores.placements
    spans = zip(placed.period_start[:, 0].tolist(), placed.period_end[:, 0].tolist(), strict=True)
    raw = [
        raw_value(columns.get(key) or empty_columns(), period=span, at=at, known_at=known_at)
        for key, span in zip(series, spans, strict=True)
    ]
    return _Scored(model=model, scores=scores, at=at, raw=np.array(raw, dtype=np.float64))


def _table(
    template: str, scored: Sequence[_Scored], *, known_at: int, period: str, periods: tuple[str, ...]
) -> IndexTable:
    indicators = _indicators(scored)
    found = {name: np.full((len(scored), len(indicators)), np.nan) for name in ("value", "pressure")}
    raw, treated = found["value"].copy(), found["value"].copy()
    imputed = np.zeros(raw.shape, dtype=np.bool_)
    places = {column.key: number for number, column in enumerate(indicators)}
    for row, each in enumerate(scored):
        own = [places[key] for key in _keys(each.model)]
        placed = each.scores.placements
        for name, array in found.items():
            array[row, own] = getattr(placed, name)[:, 0]
        raw[row, own], imputed[row, own] = each.raw, placed.imputed[:, 0]
        treated[row, own] = [
            _treated(one, value)
            for one, value in zip(each.model.placements, placed.value[:, 0].tolist(), strict=True)
        ]
    scale = scored[0].model.scale
    return IndexTable(
        template=template, scale=scale, known_at=moment(known_at), period=period, periods=periods,
        units=tuple(_units(scored)), indicators=indicators, raw=raw, treated=treated, imputed=imputed,
        heat=heat_of(scale, found["pressure"]), drivers=tuple(_drivers(scored)), **found,
    )  # fmt: skip


def _treated(placed: Placed, value: float) -> float:
    form = placed.normalisation
    if isinstance(form, RelativeNormalisation) and form.fit is not None and form.fit.treated is not None:
        return float(form.fit.treated.apply(np.array([value]))[0])
    return value


def _keys(model: Model) -> list[str]:
    """Name each placement by its indicator, and by its driver too where an indicator is placed twice."""
    slugs = [each.indicator.slug for each in model.placements]
    return [
        slug if slugs.count(slug) == 1 else f"{each.placement.driver}/{slug}"
        for slug, each in zip(slugs, model.placements, strict=True)
    ]


def _indicators(scored: Sequence[_Scored]) -> tuple[IndexColumn, ...]:
    """Return the columns in the order of the model, those of later subjects that others lack at the end."""
    found: dict[str, IndexColumn] = {}
    for each in scored:
        weights = each.model.effective_weights.tolist()
        for key, placed, weight in zip(_keys(each.model), each.model.placements, weights, strict=True):
            if key not in found:
                found[key] = IndexColumn(
                    key=key, name=placed.indicator.name, parent=placed.placement.driver, weight=placed.weight,
                    effective_weight=weight,
                )  # fmt: skip
    return tuple(found.values())


def _units(scored: Sequence[_Scored]) -> Iterator[IndexUnit]:
    heats = np.array([each.scores.heat[0] for each in scored])
    for each, heat in zip(scored, heats.tolist(), strict=True):
        model, scores = each.model, each.scores
        stepped = levels(model.scale, model.subject.min_coverage, scores)
        is_known = not np.isnan(heat)
        yield IndexUnit(
            subject=model.subject.slug,
            unit=_unit(model),
            name=model.subject.name,
            group=model.subject.group,
            at=moment(each.at),
            heat=heat if is_known else None,
            pressure=float(scores.pressure[0]) if is_known else None,
            rank=int(np.sum(heats > heat)) + 1 if is_known else None,
            level=stepped.names[0],
            concern=stepped.concerns[0],
            coverage=float(scores.coverage[0]),
            confidence=float(scores.confidence[0]),
            imputed=float(scores.imputed[0]),
        )


def _unit(model: Model) -> str:
    """Return the unit most of its series are for; the subject's slug where it has none."""
    units = [each.placement.series.partition(":")[2] for each in model.placements]
    return max(units, key=units.count, default=model.subject.slug)


def _drivers(scored: Sequence[_Scored]) -> Iterator[DriverLevel]:
    """Yield the levels of drivers from the top down, as the first subject that has one arranges it."""
    columns: dict[str, tuple[int, IndexColumn]] = {}
    for each in scored:
        columns = _driver_columns(each.model) | columns
    for depth in sorted({level for level, _ in columns.values()}):
        chosen = [column for level, column in columns.values() if level == depth]
        pressure = np.full((len(scored), len(chosen)), np.nan)
        present = pressure.copy()
        for row, each in enumerate(scored):
            values = _by_driver(each)
            for place, column in enumerate(chosen):
                pressure[row, place], present[row, place] = values.get(column.key, (np.nan, np.nan))
        yield DriverLevel(
            depth=depth,
            columns=tuple(chosen),
            pressure=pressure,
            heat=heat_of(scored[0].model.scale, pressure),
            present=present,
        )


def _driver_columns(model: Model) -> dict[str, tuple[int, IndexColumn]]:
    weights = model.effective_weights
    return {
        driver.slug: (
            len(model.hierarchy.path(number)),
            IndexColumn(
                key=driver.slug, name=driver.name, parent=driver.parent, weight=driver.weight,
                effective_weight=float(np.sum(weights[model.hierarchy.below(number)])),
            ),
        )
        for number, driver in enumerate(model.subject.drivers)
    }  # fmt: skip


def _by_driver(each: _Scored) -> Mapping[str, tuple[float, float]]:
    """Return each driver's pressure and the share of its members that have one; none has a share of none."""
    placements, drivers = each.scores.placements.pressure[:, 0], each.scores.drivers.pressure[:, 0]
    found = {}
    for number, driver in enumerate(each.model.subject.drivers):
        members = each.model.hierarchy.groups[number]
        is_there = ~np.isnan(members.of(placements, drivers))
        share = float(np.mean(is_there)) if len(members) else np.nan
        found[driver.slug] = float(drivers[number]), share
    return found
