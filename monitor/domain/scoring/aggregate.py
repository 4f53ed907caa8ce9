"""Aggregation: several pressures become one, by a weighted mean or an extreme, on either side (heat.md 4).

Arrays are members x moments. Members are added one after another in stored order, so the result has the
same bits however many moments are computed at once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from monitor.domain.scale import FULL
from monitor.domain.series import Floats
from monitor.domain.subject import Aggregation, Side

INFORM_FACTOR = 0.09
EXTREMES = ("max", "min")
FEW_MOMENTS = 512
NEAR_0 = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """A mean f = inverse(sum(w g(x)) / sum(w)); `slope` is dg/dx."""

    g: Callable[[Floats], Floats]
    inverse: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]


def combine(aggregation: Aggregation, pressures: Floats, weights: Floats) -> Floats:
    """Return one pressure a moment from members x moments; NaN members leave, NaN where none is left.

    `weights` are members x moments or members x 1; only their proportions matter.
    """
    flip = aggregation.of is Side.STRENGTH
    sided = FULL - pressures if flip else pressures
    if aggregation.method in EXTREMES:
        result = _reduce(np.fmax if aggregation.method == "max" else np.fmin, sided)
    else:
        result = _mean(mean_of(aggregation), sided, weights)
    return FULL - result if flip else result


def mean_of(aggregation: Aggregation) -> Mean:
    """Return the functions of a method; the power mean of power 0 is the geometric one."""
    if aggregation.method == "power" and aggregation.power != 0:
        return _power(aggregation.power)
    return MEANS["geometric" if aggregation.method == "power" else aggregation.method]


def check_aggregation(aggregation: Aggregation) -> list[str]:
    """Return what is wrong with a method's name or power; nothing when it can be used."""
    if aggregation.method not in METHODS:
        return [f"unknown method {aggregation.method!r} (known: {', '.join(METHODS)})"]
    if aggregation.method == "power" and not np.isfinite(aggregation.power):
        return ["power must be a finite number"]
    return []


def add_up(terms: Iterable[Floats], like: Floats) -> Floats:
    """Add arrays one after another from zero, in order."""
    if isinstance(terms, np.ndarray) and len(terms) and like.size <= FEW_MOMENTS:
        # In one call; adding zero makes of -0.0 what a sum from zero would.
        summed: Floats = np.add.accumulate(terms, axis=0)[-1] + 0.0
        return summed
    total = np.zeros(like.shape)
    for term in terms:
        np.add(total, term, out=total)
    return total


def _mean(mean: Mean, values: Floats, weights: Floats) -> Floats:
    is_small = len(values) > 0 and values[0].size <= FEW_MOMENTS
    total, weight = (_sums_at_once if is_small else _sums_by_member)(mean, values, weights)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        result = mean.inverse(total / weight)
    # A mean lies between its inputs; logarithm and back may leave them by the last bit.
    return np.clip(result, _reduce(np.fmin, values), _reduce(np.fmax, values))


def _sums_at_once(mean: Mean, values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return the weighted sum of g and the sum of weights in few calls, for few moments."""
    is_there = ~np.isnan(values)
    share = np.where(is_there, weights, 0.0)
    with np.errstate(divide="ignore", over="ignore"):
        terms = share * mean.g(np.where(is_there, values, 1.0))
    return add_up(terms, values[0]), add_up(share, values[0])


def _sums_by_member(mean: Mean, values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return the same to the bit, a member at a time: what many moments need stays in the cache."""
    total, weight = np.zeros(values.shape[1:]), np.zeros(values.shape[1:])
    for value, own in zip(values, weights, strict=True):
        is_there = ~np.isnan(value)
        share = np.where(is_there, own, 0.0)
        with np.errstate(divide="ignore", over="ignore"):
            total = total + share * mean.g(np.where(is_there, value, 1.0))
        weight = weight + share
    return total, weight


def _reduce(pick: np.ufunc, values: Floats) -> Floats:
    result: Floats = pick.reduce(values, axis=0, initial=np.nan)
    return result


def _power(power: float) -> Mean:
    if abs(power) < NEAR_0:
        # (x^p - 1) / p, the same mean, keeps its digits on the way to the logarithm at power 0.
        return Mean(
            g=lambda x: np.expm1(power * np.log(x / FULL)) / power,
            inverse=lambda total: FULL * np.exp(np.log1p(power * total) / power),
            slope=lambda x: np.power(x / FULL, power - 1) / FULL,
        )
    return Mean(
        g=lambda x: np.power(x / FULL, power),
        inverse=lambda total: FULL * np.power(total, 1 / power),
        slope=lambda x: power / FULL * np.power(x / FULL, power - 1),
    )


def _complement(x: Floats) -> Floats:
    return (FULL - x) * INFORM_FACTOR + 1


MEANS = {
    "arithmetic": Mean(g=lambda x: x, inverse=lambda total: total, slope=np.ones_like),
    "geometric": Mean(g=np.log, inverse=np.exp, slope=lambda x: 1 / x),
    "harmonic": Mean(g=lambda x: 1 / x, inverse=lambda total: 1 / total, slope=lambda x: -1 / (x * x)),
    # INFORM's geometric mean on the complement, moved off 0 (INFORM methodology; heat.md 4 and 7).
    "worst_dominates": Mean(
        g=lambda x: np.log(_complement(x)),
        inverse=lambda total: FULL - (np.exp(total) - 1) / INFORM_FACTOR,
        slope=lambda x: -INFORM_FACTOR / _complement(x),
    ),
}
METHODS = (*MEANS, "power", *EXTREMES)
