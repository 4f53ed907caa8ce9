"""Logarithms and powers that pull long tails in; all rise with the value (heat.md 2)."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from monitor.domain.series import Floats
from monitor.domain.transforms.track import Heads, Track, each

# The distance COINr's log transform keeps from the logarithm of 0, as a share of the range.
_CT_SHARE = 0.01


def log1p(track: Track, heads: Heads) -> Heads:  # noqa: ARG001 - every step takes both
    """Natural logarithm of 1 + value; missing at -1 and below."""
    return _above(-1.0, heads, np.log1p)


def boxcox(track: Track, heads: Heads, **given: float) -> Heads:  # noqa: ARG001
    """(value^lambda - 1) / lambda, the natural logarithm at lambda 0; missing at 0 and below."""
    power = given["lambda"]

    def curve(value: Floats) -> Floats:
        logarithm = np.log(value)
        return logarithm if power == 0 else np.expm1(power * logarithm) / power

    return _above(0.0, heads, curve)


def log_ct(track: Track, heads: Heads, *, low: float, high: float) -> Heads:  # noqa: ARG001
    """Natural logarithm of value - low + 1 % of high - low (COINr's log_CT); below `low` that of `low`.

    The ends are stated, not taken from the data, so that a new value never rescales old ones.
    """
    offset = _CT_SHARE * (high - low)
    return each(heads, lambda part: np.log(np.maximum(part, low) - low + offset))


def _above(least: float, heads: Heads, curve: Callable[[Floats], Floats]) -> Heads:
    """Apply a rising curve to values above its pole; a bound at or below the pole has the pole's limit."""
    with np.errstate(divide="ignore", over="ignore"):
        low, high = (curve(np.maximum(part, least)) for part in (heads.low, heads.high))
        value = curve(np.where(heads.value > least, heads.value, np.nan))
    return replace(heads, value=value, low=low, high=high)
