"""Audit of an index: one tree over many units, its indicators and ranks across them (COINr's audit)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.domain.audits.audit import IndicatorAudit, draws_of, indicator_audits, pasts_of, turned
from monitor.domain.audits.coherence import Pair, alike, correlations, cronbach_alpha
from monitor.domain.audits.leave_one_out import leave_one_out
from monitor.domain.audits.robustness import weight_draws
from monitor.domain.normalisations.statistics import is_well_shaped, kurtosis, skewness
from monitor.domain.scoring.heat import heat_of, score
from monitor.domain.scoring.model import Model, Placed
from monitor.domain.scoring.scores import Scores
from monitor.domain.series import Columns, Floats, Ints

DRAWS = 1000
_SEED = 20251130

# The same placement in every unit: its driver and its indicator.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One unit scored at one moment."""

    model: Model
    columns: Mapping[str, Columns]
    at: int
    scores: Scores

    @property
    def pressures(self) -> Floats:
        """One a placement."""
        return self.scores.placements.pressure[:, -1]

    @property
    def keys(self) -> list[Key]:
        """One a placement."""
        return [key_of(placed) for placed in self.model.placements]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexIndicator:
    """One indicator of the index across its units.

    `observed` of them have it. `stated`, `effective`: its weight as written and its share of the whole.
    `influence` is the correlation of its pressure with the subject's. `mean_shift` and `most_shift` are how
    far ranks move without it, the latter in the unit `most_shifted` (below 0: towards rank 1).
    """

    driver: str
    indicator: str
    observed: int
    stated: float
    effective: float
    influence: float | None
    skewness: float | None
    kurtosis: float | None
    is_well_shaped: bool
    never_moved: bool
    saturated: float
    unreached: tuple[str, ...]
    mean_shift: float
    most_shift: int
    most_shifted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRank:
    """One unit: its rank (1: the highest heat), those in 90 % of draws of the weights, its level kept."""

    subject: str
    heat: float
    level: str
    rank: int
    rank_low: int
    rank_high: int
    keeping: float


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexAudit:
    """An index under audit; `levels` are correlations of values (turned: higher is worse) across units."""

    indicators: tuple[IndexIndicator, ...]
    levels: Floats
    pairs: tuple[Pair, ...]
    alphas: Mapping[str, float | None]
    units: tuple[UnitRank, ...]
    unranked: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """Indicators x units, of the units that have a heat."""

    units: Sequence[Scored]
    keys: Sequence[Key]
    pressures: Floats
    values: Floats
    totals: Floats
    heats: Floats

    def with_key(self, key: Key) -> list[tuple[Scored, int]]:
        """Return the units that have an indicator, with its place in each."""
        return [(unit, unit.keys.index(key)) for unit in self.units if key in unit.keys]


def audit_units(models: Sequence[tuple[Model, Mapping[str, Columns], int]]) -> IndexAudit:
    """Audit the units of one tree, each with its columns and its moment."""
    scored = [
        Scored(model=model, columns=columns, at=at, scores=score(model, columns, at=np.array([at])))
        for model, columns, at in models
    ]
    ranked = [unit for unit in scored if not np.isnan(unit.scores.heat[-1])]
    grid = _grid(ranked)
    levels = correlations(grid.values)
    return IndexAudit(
        indicators=_indicators(grid),
        levels=levels,
        pairs=alike(levels),
        alphas=_alphas(grid),
        units=tuple(sorted(_unit_ranks(grid), key=lambda unit: (unit.rank, unit.subject))),
        unranked=tuple(unit.model.subject.slug for unit in scored if np.isnan(unit.scores.heat[-1])),
    )


def key_of(placed: Placed) -> Key:
    """Return what a placement is called in every unit."""
    return placed.placement.driver, placed.indicator.slug


def ranks(heats: Floats) -> Ints:
    """Return the place of each row in each column, 1 the highest; equal ones share the least number."""
    places: Ints = 1 + np.sum(heats[None, :, :] > heats[:, None, :], axis=1)
    return places


def _grid(units: Sequence[Scored]) -> _Grid:
    keys = list(dict.fromkeys(key for unit in units for key in unit.keys))
    places = {key: number for number, key in enumerate(keys)}
    tables = np.full((2, len(keys), len(units)), np.nan)
    for column, unit in enumerate(units):
        rows = [places[key] for key in unit.keys]
        tables[0, rows, column] = unit.pressures
        tables[1, rows, column] = turned(unit.model, unit.scores)[:, -1]
    totals = np.array([float(unit.scores.pressure[-1]) for unit in units])
    heats = np.array([float(unit.scores.heat[-1]) for unit in units])
    return _Grid(units=units, keys=keys, pressures=tables[0], values=tables[1], totals=totals, heats=heats)


def _indicators(grid: _Grid) -> tuple[IndexIndicator, ...]:
    influence = correlations(np.vstack([grid.pressures, grid.totals]))[-1, :-1]
    own = {unit.model.subject.slug: _own_audits(unit) for unit in grid.units}
    shifts = _shifts(grid)
    return tuple(
        _indicator(grid, number, key, float(influence[number]), own, shifts[number])
        for number, key in enumerate(grid.keys)
    )


def _own_audits(unit: Scored) -> tuple[IndicatorAudit, ...]:
    return indicator_audits(unit.model, unit.scores, pasts_of(unit.model, unit.columns, at=unit.at))


def _indicator(
    grid: _Grid,
    number: int,
    key: Key,
    influence: float,
    own: Mapping[str, tuple[IndicatorAudit, ...]],
    shifts: Ints,
) -> IndexIndicator:
    found = [own[unit.model.subject.slug][place] for unit, place in grid.with_key(key)]
    values = grid.values[number][~np.isnan(grid.values[number])]
    skew, peak = skewness(values), kurtosis(values)
    most = int(np.argmax(np.abs(shifts)))
    return IndexIndicator(
        driver=key[0],
        indicator=key[1],
        observed=len(values),
        stated=found[0].stated,
        effective=found[0].effective,
        influence=None if np.isnan(influence) else influence,
        skewness=None if np.isnan(skew) else skew,
        kurtosis=None if np.isnan(peak) else peak,
        is_well_shaped=is_well_shaped(values),
        never_moved=len(values) > 1 and bool(np.ptp(values) == 0),
        saturated=sum(each.is_saturated_now for each in found) / len(found),
        unreached=tuple(name for name in found[0].unreached if all(name in each.unreached for each in found)),
        mean_shift=float(np.mean(np.abs(shifts))),
        most_shift=int(shifts[most]),
        most_shifted=grid.units[most].model.subject.slug,
    )


def _shifts(grid: _Grid) -> Ints:
    """Return indicators x units of how far ranks move without the indicator, below 0 towards rank 1."""
    without = np.repeat(grid.heats[None, :], len(grid.keys), axis=0)
    for column, unit in enumerate(grid.units):
        for key, left in zip(unit.keys, leave_one_out(unit.model, unit.pressures), strict=True):
            without[grid.keys.index(key), column] = np.nan if left.heat is None else left.heat
    before = ranks(grid.heats[:, None])[:, 0]
    after = ranks(np.nan_to_num(without, nan=-1.0).T).T
    found: Ints = after - before
    return found


def _alphas(grid: _Grid) -> dict[str, float | None]:
    found = {"": cronbach_alpha(grid.pressures)}
    if not grid.units:
        return found
    model = grid.units[0].model
    keys = [key_of(placed) for placed in model.placements]
    for driver, weights in zip(model.subject.drivers, model.weights_below, strict=True):
        rows = [
            grid.keys.index(key) for key, weight in zip(keys, weights.tolist(), strict=True) if weight > 0
        ]
        found[driver.slug] = cronbach_alpha(grid.pressures[rows])
    return found


def _unit_ranks(grid: _Grid) -> list[UnitRank]:
    if not grid.units:
        return []
    drawn = np.array([_drawn(unit) for unit in grid.units])
    low, high = np.quantile(ranks(drawn), [0.05, 0.95], axis=1, method="inverted_cdf")
    places = ranks(grid.heats[:, None])[:, 0]
    return [
        _unit_rank(unit, int(places[number]), (int(low[number]), int(high[number])))
        for number, unit in enumerate(grid.units)
    ]


def _drawn(unit: Scored) -> Floats:
    generator = np.random.default_rng(_SEED)
    drawn = weight_draws(unit.model, unit.pressures[:, None], generator=generator, draws=DRAWS)
    return heat_of(unit.model.scale, drawn)


def _unit_rank(unit: Scored, place: int, span: tuple[int, int]) -> UnitRank:
    heat = float(unit.scores.heat[-1])
    return UnitRank(
        subject=unit.model.subject.slug,
        heat=heat,
        level=unit.model.scale.level_for(heat).name,
        rank=place,
        rank_low=span[0],
        rank_high=span[1],
        keeping=draws_of(unit.model, unit.pressures, heat).keeping,
    )
