"""Interval arithmetic: bounds that hold the truth through ratios and steps (heat.md 5)."""

import numpy as np

from monitor.domain.series import Floats


def ratio_bounds(low: Floats, high: Floats, base_low: Floats, base_high: Floats) -> tuple[Floats, Floats]:
    """Bound value / base; unbounded where the base may be 0 or less."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ends = np.array([low / base_high, low / base_low, high / base_high, high / base_low])
        least, most = np.min(ends, axis=0), np.max(ends, axis=0)
    return np.where(base_low > 0, least, -np.inf), np.where(base_low > 0, most, np.inf)


def percent_change_bounds(
    low: Floats, high: Floats, base_low: Floats, base_high: Floats
) -> tuple[Floats, Floats]:
    """Bound (value / base - 1) x 100; unbounded where the base may be 0 or less."""
    least, most = ratio_bounds(low, high, base_low, base_high)
    with np.errstate(over="ignore"):
        return (least - 1) * 100, (most - 1) * 100


def step_bounds(edges: Floats, values: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Bound a step function over [low, high]: every step that is touched counts."""
    first = np.maximum(np.searchsorted(edges, low, side="right") - 1, 0)
    last = np.maximum(np.searchsorted(edges, high, side="right") - 1, 0)
    least, most = values[first], values[first]
    for number, value in enumerate(values):
        is_touched = (first <= number) & (number <= last)
        least = np.where(is_touched, np.minimum(least, value), least)
        most = np.where(is_touched, np.maximum(most, value), most)
    return least, most
