"""Fitting: laying a yardstick on a series' own past, from nothing but what was known then (heat.md 3)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from monitor.domain.clock import DAY_SECONDS, moment
from monitor.domain.errors import InvalidInput
from monitor.domain.indicator import Indicator
from monitor.domain.normalisations.normalisation import Knots
from monitor.domain.normalisations.relative import Fit, RelativeNormalisation, Yardstick
from monitor.domain.normalisations.treatment import Treated, fit_treatment
from monitor.domain.scale import FULL
from monitor.domain.scoring.view import observed, visible
from monitor.domain.series import Columns, Floats, Ints
from monitor.domain.transforms.comparison import base_span
from monitor.domain.transforms.transform import stages

LEAST_VALUES = 5
# Of a longer line the points are dropped that move no pressure by more than this.
_FINENESS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """Values by rising badness (negated where lower is worse) with the starts of their periods."""

    normalisation: RelativeNormalisation
    sign: float
    start: Ints
    everything: Floats
    window: Floats
    treated: Treated | None = None


def fit(
    normalisation: RelativeNormalisation,
    columns: Columns,
    *,
    indicator: Indicator,
    at: int,
    known_at: int | None = None,
    others: Mapping[str, Columns] | None = None,
) -> RelativeNormalisation:
    """Return the normalisation fitted to one series' past as it was known at `known_at` (default: `at`).

    The values are those after the indicator's transforms, each as seen at its own period's end, of settled
    periods that ended in the window before `at`. InvalidInput where they are too few or do not differ.
    `others` are the columns of the series it is divided by (`denominator.columns_of`).
    """
    known = at if known_at is None else known_at
    since = at - normalisation.window_days * DAY_SECONDS
    rows, *divisors = (
        observed(visible(each, at=at, known_at=known)) for each in (columns, *(others or {}).values())
    )
    last = stages(indicator, rows, others=dict(zip(others or {}, divisors, strict=True)))[-1]
    usable = np.isfinite(last.value) & (last.end + indicator.settles_after_days * DAY_SECONDS <= at)
    if not normalisation.counts_imputed:
        usable &= ~rows.imputed
    in_window = usable & (last.end > since)
    treated = None
    if normalisation.treat is not None and in_window.any():
        treated = fit_treatment(normalisation.treat, last.value[in_window])
    sign = 1.0 if normalisation.is_higher_worse else -1.0
    values = sign * (last.value if treated is None else treated.apply(last.value))
    past = _Past(
        normalisation=normalisation,
        sign=sign,
        start=last.start[usable],
        everything=values[usable],
        window=values[in_window],
        treated=treated,
    )
    return replace(normalisation, fit=_fit(past, since=since, until=at, known=known))


def _fit(past: _Past, *, since: float, until: int, known: int) -> Fit:
    count = len(past.window)
    if count < LEAST_VALUES:
        message = f"the window holds {count} settled values, and a fit needs {LEAST_VALUES}"
        raise InvalidInput(message, field="window_days")
    knots, parameters = _FITS[past.normalisation.by](past)
    return Fit(
        since=moment(since),
        until=moment(until),
        fitted_at=moment(known),
        count=count,
        knots=tuple(sorted((past.sign * value, pressure) for value, pressure in knots)),
        parameters=parameters,
        treated=past.treated,
    )


_Fitted = tuple[Knots, Mapping[str, float]]


def _line(past: _Past, calm: float, critical: float, parameters: Mapping[str, float]) -> _Fitted:
    """Return a straight line from calm to critical; values that do not differ make none."""
    if not calm < critical:
        message = f"no value of the window is worse than {past.sign * calm:g}: there is nothing to fit"
        raise InvalidInput(message, field="window_days")
    return ((float(calm), 0.0), (float(critical), FULL)), parameters


def _minmax(past: _Past) -> _Fitted:
    best, worst = np.min(past.window), np.max(past.window)
    return _line(past, best, worst, {"best": float(past.sign * best), "worst": float(past.sign * worst)})


def _zscore(past: _Past) -> _Fitted:
    _distinct(past)
    mean = np.cumsum(past.window)[-1] / len(past.window)
    spread = np.sqrt(np.cumsum((past.window - mean) ** 2)[-1] / (len(past.window) - 1))
    calm, critical = (
        mean + number * spread for number in (past.normalisation.calm_sd, past.normalisation.critical_sd)
    )
    return _line(past, calm, critical, {"mean": float(past.sign * mean), "sd": float(spread)})


def _percentile(past: _Past) -> _Fitted:
    values, counts = _distinct(past)
    better = np.cumsum(counts) - counts
    return _thinned(values, better / better[-1] * FULL), {}


def _rank(past: _Past) -> _Fitted:
    values, counts = _distinct(past)
    return _thinned(values, np.cumsum(counts) / len(past.window) * FULL), {}


def _fraction_of_max(past: _Past) -> _Fitted:
    most = np.max(past.sign * past.window)
    if not most > 0:
        message = f"the highest value of the window is {most:g}: a share of it needs one above 0"
        raise InvalidInput(message, field="window_days")
    calm, critical = (0.0, most) if past.sign > 0 else (-most, -0.0)
    return _line(past, calm, critical, {"max": float(most)})


def _distance_to_reference(past: _Past) -> _Fitted:
    since, until = base_span(past.normalisation.reference_period)
    then = past.everything[(past.start >= since) & (past.start < until)]
    if not len(then):
        message = f"nothing is known of {past.normalisation.reference_period}"
        raise InvalidInput(message, field="reference_period")
    reference, worst = np.cumsum(then)[-1] / len(then), np.max(past.window)
    found = {"reference": float(past.sign * reference), "worst": float(past.sign * worst)}
    return _line(past, reference, worst, found)


def _distinct(past: _Past) -> tuple[Floats, Ints]:
    values, counts = np.unique(past.window, return_counts=True)
    _line(past, values[0], values[-1], {})
    return values, counts


def _thinned(values: Floats, pressures: Floats) -> Knots:
    """Keep the points without which pressure would move by more than the fineness, and both ends."""
    knots = list(zip(values.tolist(), pressures.tolist(), strict=True))
    kept = knots[:1]
    for knot, after in pairwise(knots[1:]):
        if after[1] - kept[-1][1] > _FINENESS:
            kept.append(knot)
    return (*kept, knots[-1])


_FITS: Mapping[Yardstick, Callable[[_Past], _Fitted]] = {
    Yardstick.MINMAX: _minmax,
    Yardstick.ZSCORE: _zscore,
    Yardstick.PERCENTILE: _percentile,
    Yardstick.RANK: _rank,
    Yardstick.FRACTION_OF_MAX: _fraction_of_max,
    Yardstick.DISTANCE_TO_REFERENCE: _distance_to_reference,
}
