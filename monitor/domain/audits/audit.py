"""Audit of one subject: what each indicator adds, and whether it could (tradecraft.md 6, COINr's audit)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from monitor.domain.audits.coherence import Pair, alike, correlations, cronbach_alpha
from monitor.domain.audits.leave_one_out import Without, leave_one_out
from monitor.domain.audits.robustness import weight_draws
from monitor.domain.indicator import ThresholdNormalisation
from monitor.domain.normalisations.statistics import is_well_shaped, kurtosis, skewness
from monitor.domain.scoring.heat import heat_of, score
from monitor.domain.scoring.model import Model, Placed
from monitor.domain.scoring.scores import Scores
from monitor.domain.series import Columns, Floats, Ints, empty_columns
from monitor.domain.suggestions.settled_past import Past, settled_past
from monitor.domain.transforms.denominator import columns_of

MONTHS = 60
DRAWS = 1000
_SEED = 20251130


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorAudit:
    """One placement under audit.

    `stated` is its weight as written, `effective` its share of the subject, `influence` the correlation of
    its pressure with the subject's over the cases looked at. `saturated` is the part of those cases beyond
    the ends of its curve. `unreached` are thresholds that no settled value reached. Shapes are those of its
    `count` settled values.
    """

    placement: str
    series: str
    driver: str
    stated: float
    effective: float
    influence: float | None
    count: int
    skewness: float | None
    kurtosis: float | None
    is_well_shaped: bool
    never_moved: bool
    saturated: float
    is_saturated_now: bool
    unreached: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """A seeded Monte Carlo over the weights: the part that keeps the level, and the middle 90 % of heat."""

    count: int
    spread: float
    keeping: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """A subject under audit at `at`, over the month ends `moments`, each as it was known then.

    `levels` and `changes` are correlations of the indicators' values (turned so that higher is worse) and
    of their changes from month to month. `alphas` are by driver, "" the subject.
    """

    at: int
    moments: Ints
    heat: float | None
    level: str
    indicators: tuple[IndicatorAudit, ...]
    levels: Floats
    changes: Floats
    pairs: tuple[Pair, ...]
    alphas: Mapping[str, float | None]
    without: tuple[Without, ...]
    draws: Draws | None


def audit(model: Model, columns: Mapping[str, Columns], *, at: int) -> Audit:
    """Audit a subject at a moment (epoch seconds) by the rows known by then."""
    moments = month_ends(at)
    scores = score(model, columns, at=moments)
    values = turned(model, scores)
    levels, changes = (correlations(each, is_carried=True) for each in (values, np.diff(values, axis=1)))
    now = scores.placements.pressure[:, -1]
    heat = float(scores.heat[-1])
    has_heat = not np.isnan(heat)
    return Audit(
        at=at,
        moments=moments,
        heat=heat if has_heat else None,
        level=model.scale.level_for(heat).name if has_heat else "",
        indicators=indicator_audits(model, scores, pasts_of(model, columns, at=at)),
        levels=levels,
        changes=changes,
        pairs=alike(levels, changes),
        alphas=alphas(model, scores.placements.pressure),
        without=leave_one_out(model, now),
        draws=draws_of(model, now, heat) if has_heat else None,
    )


def month_ends(at: int, count: int = MONTHS) -> Ints:
    """Return the last `count` beginnings of months up to a moment, and the moment itself."""
    month = np.datetime64(at, "s").astype("datetime64[M]")
    first = np.arange(month - np.timedelta64(count - 1, "M"), month + np.timedelta64(1, "M"))
    return np.unique(np.append(first.astype("datetime64[s]").astype(np.int64), at))


def turned(model: Model, scores: Scores) -> Floats:
    """Return placements x cases of values, negated where lower is worse; a band's are its pressures."""
    rows = scores.placements.value.copy()
    for number, placed in enumerate(model.placements):
        is_higher_worse = placed.normalisation.is_higher_worse
        if is_higher_worse is None:
            rows[number] = scores.placements.pressure[number]
        elif not is_higher_worse:
            rows[number] = -rows[number]
    return rows


def pasts_of(model: Model, columns: Mapping[str, Columns], *, at: int) -> list[Past]:
    """Return the settled past of each placement's series."""
    return [
        settled_past(
            placed.indicator,
            columns.get(placed.placement.series) or empty_columns(),
            at=at,
            others=columns_of(placed.denominators, columns),
        )
        for placed in model.placements
    ]


def indicator_audits(model: Model, scores: Scores, pasts: list[Past]) -> tuple[IndicatorAudit, ...]:
    """Return each placement's audit from a scoring of many cases and from its settled values."""
    pressures = scores.placements.pressure
    subject = correlations(np.vstack([pressures, scores.raw_pressure]))[-1, :-1]
    effective = model.effective_weights
    return tuple(
        _indicator(placed, scores, number, past, float(effective[number]), float(subject[number]))
        for number, (placed, past) in enumerate(zip(model.placements, pasts, strict=True))
    )


def alphas(model: Model, pressures: Floats) -> dict[str, float | None]:
    """Return Cronbach's alpha of the subject's indicators ("") and of each driver's, at any depth."""
    found = {"": cronbach_alpha(pressures)}
    for driver, weights in zip(model.subject.drivers, model.weights_below, strict=True):
        found[driver.slug] = cronbach_alpha(pressures[weights > 0])
    return found


def draws_of(model: Model, pressures: Floats, heat: float, *, spread: float = 0.25) -> Draws:
    """Draw the weights again and again, the same draws on every run."""
    generator = np.random.default_rng(_SEED)
    drawn = weight_draws(model, pressures[:, None], generator=generator, draws=DRAWS, spread=spread)
    heats = heat_of(model.scale, drawn)
    level = model.scale.level_for(heat)
    low, high = np.quantile(heats, [0.05, 0.95])
    kept = sum(model.scale.level_for(each) is level for each in heats.tolist())
    return Draws(count=DRAWS, spread=spread, keeping=kept / DRAWS, low=float(low), high=float(high))


def unreached(placed: Placed, values: Floats) -> tuple[str, ...]:
    """Return the names of the thresholds that no value reached."""
    normalisation = placed.normalisation
    if not isinstance(normalisation, ThresholdNormalisation) or not len(values):
        return ()
    sign = 1.0 if normalisation.is_higher_worse else -1.0
    worst = float(np.max(sign * values))
    return tuple(name for name, value in normalisation.thresholds.knots if sign * value > worst)


def _indicator(
    placed: Placed, scores: Scores, number: int, past: Past, effective: float, influence: float
) -> IndicatorAudit:
    observed = scores.placements.observed[number].astype(np.bool_)
    saturated = scores.placements.saturated[number].astype(np.bool_) & observed
    skew, peak = skewness(past.value), kurtosis(past.value)
    return IndicatorAudit(
        placement=placed.placement.slug,
        series=placed.placement.series,
        driver=placed.placement.driver,
        stated=placed.weight,
        effective=effective,
        influence=None if np.isnan(influence) else influence,
        count=len(past),
        skewness=None if np.isnan(skew) else skew,
        kurtosis=None if np.isnan(peak) else peak,
        is_well_shaped=is_well_shaped(past.value),
        never_moved=len(past) > 1 and bool(np.ptp(past.value) == 0),
        saturated=float(saturated.sum() / max(observed.sum(), 1)),
        is_saturated_now=bool(saturated[-1]),
        unreached=unreached(placed, past.value),
    )
