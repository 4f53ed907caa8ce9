"""The upper envelope: which members hold a maximum, at a state and along a straight line (heat.md 7, 3)."""

from itertools import pairwise
from math import comb

import numpy as np

from monitor.domain.series import Bools, Floats


def peak_shares(values: Floats) -> Floats:
    """Share one among the greatest of the members, ties equally, by moment; -inf is absent."""
    is_peak = (values == np.max(values, axis=0, initial=-np.inf)) & np.isfinite(values)
    shares: Floats = is_peak / np.maximum(np.count_nonzero(is_peak, axis=0), 1)
    return shares


def line_shares(before: Floats, after: Floats, present: Bools) -> Floats:
    """Return the part of the straight line on which each present member is the greatest."""
    held = np.zeros(len(before))
    stops = _crossings(before, after)
    for start, end in pairwise(stops):
        middle = before + (after - before) * ((start + end) / 2)
        held += (end - start) * peak_shares(np.where(present, middle, -np.inf))
    return held


def entry_shares(values: Floats, was_in: Bools, now_in: Bools) -> Floats:
    """Share the change of the maximum when members come and go at fixed values, 0 where all leave.

    The Shapley value, level by level: above a level that no staying member reaches, `a` who come and `b`
    who go. One who comes is pivotal only after all have gone and before the others come, probability
    1 / (a C(a + b, a)); likewise one who goes, with the opposite sign. (Without `b`, the airport game.)
    """
    entering, leaving = now_in & ~was_in, was_in & ~now_in
    floor = float(np.max(values[was_in & now_in], initial=0.0))
    levels = np.unique(np.append(values[(entering | leaving) & (values > floor)], floor))
    result = np.zeros(len(values))
    for low, high in pairwise(levels):
        come, go = entering & (values >= high), leaving & (values >= high)
        came, gone = int(np.count_nonzero(come)), int(np.count_nonzero(go))
        chance = (high - low) / comb(came + gone, came)
        result += chance * (come / max(came, 1) - go / max(gone, 1))
    return result


def _crossings(before: Floats, after: Floats) -> list[float]:
    """Return 0, 1 and every point between at which two of the lines cross."""
    rise = after - before
    with np.errstate(divide="ignore", invalid="ignore"):
        points = (before[None, :] - before[:, None]) / (rise[:, None] - rise[None, :])
    inside = points[np.isfinite(points) & (points > 0) & (points < 1)]
    return [0.0, *np.unique(inside).tolist(), 1.0]
