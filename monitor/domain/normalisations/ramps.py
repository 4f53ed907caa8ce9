"""Ramps: a piecewise linear function as a base and rises, added in one order for a number or a matrix.

Each ramp climbs from nothing at its origin to its rise one width further. A value exactly on a knot has
exactly the knot's pressure (always for 25, 50, 75 and 100; where no rise gives a pressure exactly, the bit
below it); the sum never falls towards the worse side and never leaves base and top.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from monitor.domain.series import Floats

Knots = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramps:
    """A line: `base`, and one origin, width (negative where the value falls) and rise (above 0) a ramp."""

    base: float
    origins: tuple[float, ...]
    widths: tuple[float, ...]
    rises: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RampMatrix:
    """Lines of equally many ramps, one a row: `base` is rows x 1, the rest ramps x rows x 1."""

    base: Floats
    origins: Floats
    widths: Floats
    rises: Floats


def ramps_of(knots: Knots) -> Ramps:
    """Return the line through (value, pressure) whose pressures go one way, level beyond its ends."""
    points = list(knots) if knots[-1][1] >= knots[0][1] else list(reversed(knots))
    climbs = [(low, high) for low, high in pairwise(points) if high[1] > low[1]]
    rises, height = [], float(points[0][1])
    for _, (_, pressure) in climbs:
        rises.append(_rise(height, float(pressure)))
        height += rises[-1]
    return Ramps(
        base=float(points[0][1]),
        origins=tuple(float(low[0]) for low, _ in climbs),
        widths=tuple(float(high[0] - low[0]) for low, high in climbs),
        rises=tuple(rises),
    )


def matrix_of(lines: Sequence[Ramps]) -> RampMatrix:
    """Put lines of equally many ramps under one another."""
    return RampMatrix(
        base=np.array([line.base for line in lines], dtype=np.float64)[:, None],
        origins=_by_ramp(line.origins for line in lines),
        widths=_by_ramp(line.widths for line in lines),
        rises=_by_ramp(line.rises for line in lines),
    )


def climb(line: Ramps | RampMatrix, x: Floats) -> Floats:
    """Return the line's value at each x, rows x moments for a matrix; NaN in, NaN out.

    The same operations in the same order for one number, a row and a matrix: the same bits.
    """
    total = np.empty(x.shape)
    total[...] = line.base
    part = np.empty(x.shape)
    # Far beyond the ends of a steep ramp a share overflows to infinity, which is clipped to 1.
    with np.errstate(over="ignore"):
        for origin, width, rise in zip(line.origins, line.widths, line.rises, strict=True):
            np.subtract(x, origin, out=part)
            np.divide(part, width, out=part)
            np.maximum(part, 0.0, out=part)
            np.minimum(part, 1.0, out=part)
            np.multiply(part, rise, out=part)
            np.add(total, part, out=total)
    return total if len(line.origins) else np.where(np.isnan(x), np.nan, total)


def _rise(low: float, high: float) -> float:
    """Return the number that, added to `low` in floating point, gives `high`, or else the bit below it."""
    rise = high - low
    while low + rise < high:
        rise = math.nextafter(rise, math.inf)
    while low + rise > high:
        rise = math.nextafter(rise, -math.inf)
    return rise


def _by_ramp(rows: Iterable[tuple[float, ...]]) -> Floats:
    table: Floats = np.array(list(rows), dtype=np.float64).T
    return np.ascontiguousarray(table)[:, :, None]
