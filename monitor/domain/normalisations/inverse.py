"""Inverting a normalisation: the nearest value that has at least, or at most, some pressure."""

from collections.abc import Callable, Mapping

import numpy as np

from monitor.domain.indicator import Normalisation
from monitor.domain.normalisations.normalise import CURVES, Curve

_HALVINGS = 200
_DOUBLINGS = 60


def nearest_value(
    normalisation: Normalisation,
    *,
    start: float,
    pressure: float,
    is_worse: bool,
    words: Mapping[str, float] | None = None,
) -> float | None:
    """Return the value nearest to `start` whose pressure is at least this (`is_worse`), else at most this.

    Found on the curve that scores, by halving between its corners; exact to the last bit. Where values are
    words, only those are tried. None where no value has it.
    """
    curve = CURVES[normalisation.method](normalisation)

    def is_enough(value: float) -> bool:
        own = float(curve.pressure(np.array([value]))[0])
        return own >= pressure if is_worse else own <= pressure

    if words:
        fitting = [value for value in words.values() if is_enough(value)]
    else:
        sides = (_outwards(curve, start, sign, is_enough) for sign in (1.0, -1.0))
        fitting = [value for value in sides if value is not None]
    return min(fitting, key=lambda value: abs(value - start), default=None)


def edge_distance(normalisation: Normalisation) -> float | None:
    """Return the mean distance between thresholds, a quarter of the curve; None where it has no ends."""
    curve = CURVES[normalisation.method](normalisation)
    distance = (curve.ends[1] - curve.ends[0]) / 4
    return float(distance) if np.isfinite(distance) and distance > 0 and curve.treat is None else None


def _outwards(curve: Curve, start: float, sign: float, is_enough: Callable[[float], bool]) -> float | None:
    """Go from corner to corner; between the last that is not enough and the first that is, halve."""
    last = start
    for corner in _corners(curve, start, sign):
        if is_enough(corner):
            return _halved(last, corner, is_enough)
        last = corner
    return None


def _corners(curve: Curve, start: float, sign: float) -> list[float]:
    """Return the values at which the curve bends or jumps, and just beyond, going one way."""
    bends = [float(value) for value in (*curve.ends, *curve.turns) if np.isfinite(value)]
    if curve.treat is not None:
        scale = max(abs(start), *(abs(value) for value in bends), 1.0) / 2**10
        bends = [start + sign * scale * 2.0**step for step in range(_DOUBLINGS)]
    near = {float(np.nextafter(value, way)) for value in bends for way in (-np.inf, np.inf)}
    return sorted((value for value in {*bends, *near} if sign * (value - start) > 0), key=lambda x: sign * x)


def _halved(before: float, there: float, is_enough: Callable[[float], bool]) -> float:
    for _ in range(_HALVINGS):
        middle = (before + there) / 2
        if middle in {before, there}:
            break
        before, there = (before, middle) if is_enough(middle) else (middle, there)
    return there
