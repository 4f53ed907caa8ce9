"""Normalisation: an indicator's value becomes pressure, 0 benign to 100 worst (heat.md 3)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from monitor.domain.errors import InvalidInput
from monitor.domain.indicator import Normalisation
from monitor.domain.normalisations.ramps import Ramps, climb, ramps_of
from monitor.domain.normalisations.relative import Yardstick
from monitor.domain.scale import FULL, Concern
from monitor.domain.series import Bools, Floats

KNOT_PRESSURES: Mapping[str, float] = {
    "calm": 0.0,
    "watch": 25.0,
    "elevated": 50.0,
    "high": 75.0,
    "critical": 100.0,
}

# A line of more points is not put among those that are scored as one matrix.
_MOST_RAMPS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressures:
    """Pressure with its bounds, and whether the value lay beyond the ends; NaN in, NaN out."""

    value: Floats
    low: Floats
    high: Floats
    saturated: Bools


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A normalisation compiled to functions of the value.

    `turns` are the values at which the pressure may have a local extreme or a jump: with the two ends
    of an interval they bound the pressure inside it. Empty for a monotone curve. Values below
    `ends[0]` or above `ends[1]` are saturated. `ramps` are what a line is made of; None for other forms.
    A treated value is read off the ends as `treat` leaves it.
    """

    pressure: Callable[[Floats], Floats]
    ends: tuple[float, float]
    turns: tuple[float, ...] = ()
    ramps: Ramps | None = None
    treat: Callable[[Floats], Floats] | None = None


def normalise(normalisation: Normalisation, *, value: Floats, low: Floats, high: Floats) -> Pressures:
    """Return the pressure of values in the indicator's unit, with bounds by interval arithmetic."""
    curve = curve_of(normalisation)
    pressure = curve.pressure(value)
    # Mostly there are no bounds: then those of the pressure are itself.
    has_bounds = not (_is_same(low, value) and _is_same(high, value))
    least, most = _bounds(curve, low, high) if has_bounds else (pressure, pressure)
    placed = value if curve.treat is None else curve.treat(value)
    return Pressures(
        value=pressure,
        low=np.minimum(least, pressure),
        high=np.maximum(most, pressure),
        saturated=(placed < curve.ends[0]) | (placed > curve.ends[1]),
    )


def reaches(normalisation: Normalisation, values: Sequence[float], pressure: float) -> bool:
    """Whether any of some values has exactly this pressure."""
    found = curve_of(normalisation).pressure(np.array(values, dtype=np.float64))
    return bool(np.any(found == pressure))


def curve_of(normalisation: Normalisation) -> Curve:
    """Return a normalisation compiled; InvalidInput where it waits for a fit."""
    return _kept(normalisation)


def _compiled(normalisation: Normalisation) -> Curve:
    return CURVES[normalisation.method](normalisation)


_kept = lru_cache(maxsize=16_384)(_compiled)


def concern_of(pressure: float) -> Concern:
    """Return an indicator's concern: the worst edge its pressure has reached."""
    return Concern(sum(pressure >= edge for edge in (25.0, 50.0, 75.0, 100.0)))


def _is_same(first: Floats, second: Floats) -> bool:
    return np.array_equal(first, second, equal_nan=True)


def _bounds(curve: Curve, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    ends = curve.pressure(low), curve.pressure(high)
    least, most = np.minimum(*ends), np.maximum(*ends)
    for turn in curve.turns:
        there = curve.pressure(np.array([turn]))
        is_inside = (low <= turn) & (turn <= high)
        least = np.where(is_inside, np.minimum(least, there), least)
        most = np.where(is_inside, np.maximum(most, there), most)
    return least, most


def _linear(knots: Iterable[tuple[float, float]]) -> Curve:
    """Return the line through (value, pressure), level beyond its ends."""
    points = sorted(knots)
    ends = points[0][0], points[-1][0]
    return _long(points, ends) if len(points) > _MOST_RAMPS else _on(ramps_of(points), ends=ends)


def _long(points: Sequence[tuple[float, float]], ends: tuple[float, float]) -> Curve:
    """Return a line through many points, such as the ranks of fifty peers: looked up, not added up."""
    values, pressures = (np.array(column, dtype=np.float64) for column in zip(*points, strict=True))
    least, most = pressures.min(), pressures.max()
    # Interpolation may overshoot a knot by the last bit.
    return Curve(pressure=lambda x: np.clip(np.interp(x, values, pressures), least, most), ends=ends)


def _on(ramps: Ramps, *, ends: tuple[float, float], turns: tuple[float, ...] = ()) -> Curve:
    return Curve(pressure=lambda x: climb(ramps, x), ends=ends, turns=turns, ramps=ramps)


def _thresholds(normalisation: Any) -> Curve:
    return _linear((value, KNOT_PRESSURES[name]) for name, value in normalisation.thresholds.knots)


def _goalposts(normalisation: Any) -> Curve:
    posts = (normalisation.low, 0.0), (normalisation.high, FULL)
    if not normalisation.is_log:
        return _linear(posts)
    line = _linear((float(np.log(value)), pressure) for value, pressure in posts)
    least, most = sorted((normalisation.low, normalisation.high))
    return Curve(pressure=lambda x: line.pressure(np.log(np.clip(x, least, most))), ends=(least, most))


def _curve(normalisation: Any) -> Curve:
    return _linear(normalisation.points)


def _target_band(normalisation: Any) -> Curve:
    ends = normalisation.outer_low, normalisation.outer_high
    band = normalisation.low, normalisation.high
    return _on(
        Ramps(
            base=0.0,
            origins=band,
            widths=(ends[0] - band[0], ends[1] - band[1]),
            rises=(FULL, FULL),
        ),
        ends=ends,
        turns=band,
    )


def _steps(normalisation: Any) -> Curve:
    edges, pressures = (
        np.array(column, dtype=np.float64) for column in zip(*normalisation.steps, strict=True)
    )

    def pressure(x: Floats) -> Floats:
        reached = np.maximum(np.searchsorted(edges, x, side="right") - 1, 0)
        return np.where(np.isnan(x), np.nan, pressures[reached])

    return Curve(pressure=pressure, ends=(-np.inf, np.inf), turns=tuple(edges.tolist()))


def _relative(normalisation: Any) -> Curve:
    has_steps = normalisation.by is Yardstick.RANK and not normalisation.is_against_peers
    line = _rank_steps(normalisation) if has_steps else _linear(normalisation.knots)
    treated = normalisation.fit.treated
    if treated is None:
        return line
    return Curve(pressure=lambda x: line.pressure(treated.apply(x)), ends=line.ends, treat=treated.apply)


def _rank_steps(normalisation: Any) -> Curve:
    values, pressures = (np.array(column) for column in zip(*normalisation.knots, strict=True))
    # A value equal to one of the window is no worse than it: steps are taken just beyond.
    levels = np.array([0.0, *pressures] if normalisation.is_higher_worse else [*pressures, 0.0])

    def pressure(x: Floats) -> Floats:
        reached = np.searchsorted(values, x, side="left" if normalisation.is_higher_worse else "right")
        return np.where(np.isnan(x), np.nan, levels[reached])

    return Curve(pressure=pressure, ends=(values[0], values[-1]))


def _unscored(_: Any) -> Curve:
    message = "no normalisation says how a value becomes pressure"
    raise InvalidInput(message, field="thresholds")


CURVES: Mapping[str, Callable[[Any], Curve]] = {
    "thresholds": _thresholds,
    "steps": _steps,
    "goalposts": _goalposts,
    "curve": _curve,
    "target_band": _target_band,
    "relative": _relative,
    "unscored": _unscored,
}
