"""Normalisation: an indicator's value becomes pressure, 0 benign to 100 worst (heat.md 3)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from monitor.domain.indicator import Normalisation
from monitor.domain.scale import Concern
from monitor.domain.series import Bools, Floats

KNOT_PRESSURES: Mapping[str, float] = {
    "calm": 0.0,
    "watch": 25.0,
    "elevated": 50.0,
    "high": 75.0,
    "critical": 100.0,
}


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
    `ends[0]` or above `ends[1]` are saturated.
    """

    pressure: Callable[[Floats], Floats]
    ends: tuple[float, float]
    turns: tuple[float, ...] = ()


def normalise(normalisation: Normalisation, *, value: Floats, low: Floats, high: Floats) -> Pressures:
    """Return the pressure of values in the indicator's unit, with bounds by interval arithmetic."""
    curve = CURVES[normalisation.method](normalisation)
    pressure = curve.pressure(value)
    least, most = _bounds(curve, low, high)
    return Pressures(
        value=pressure,
        low=np.minimum(least, pressure),
        high=np.maximum(most, pressure),
        saturated=(value < curve.ends[0]) | (value > curve.ends[1]),
    )


def concern_of(pressure: float) -> Concern:
    """Return an indicator's concern: the worst edge its pressure has reached."""
    return Concern(sum(pressure >= edge for edge in (25.0, 50.0, 75.0, 100.0)))


def _bounds(curve: Curve, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    ends = curve.pressure(low), curve.pressure(high)
    least, most = np.minimum(*ends), np.maximum(*ends)
    for turn in curve.turns:
        there = curve.pressure(np.array([turn]))
        is_inside = (low <= turn) & (turn <= high)
        least = np.where(is_inside, np.minimum(least, there), least)
        most = np.where(is_inside, np.maximum(most, there), most)
    return least, most


def _thresholds(normalisation: Any) -> Curve:
    knots = sorted((value, KNOT_PRESSURES[name]) for name, value in normalisation.thresholds.knots)
    values, pressures = (np.array(column) for column in zip(*knots, strict=True))
    return Curve(pressure=lambda x: np.interp(x, values, pressures), ends=(values[0], values[-1]))


def _steps(normalisation: Any) -> Curve:
    edges, pressures = (
        np.array(column, dtype=np.float64) for column in zip(*normalisation.steps, strict=True)
    )

    def pressure(x: Floats) -> Floats:
        reached = np.maximum(np.searchsorted(edges, x, side="right") - 1, 0)
        return np.where(np.isnan(x), np.nan, pressures[reached])

    return Curve(pressure=pressure, ends=(-np.inf, np.inf), turns=tuple(edges.tolist()))


CURVES: Mapping[str, Callable[[Any], Curve]] = {"thresholds": _thresholds, "steps": _steps}
