"""Rolling windows: sums and means over the periods up to a moment (heat.md 2)."""

from dataclasses import replace

import numpy as np

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.series import Floats, Ints
from monitor.domain.transforms.track import Heads, Track, each


def rolling_sum(track: Track, heads: Heads, *, window_days: float, lag_days: float) -> Heads:
    """Sum over the periods whose middle lies in the window.

    The window ends with the newest period while that is younger than `lag_days` (left out: the
    indicator's `fresh_for_days`), so that a month never leaves because its successor is not yet
    published; after that it slides with the clock. The newest period itself never leaves.
    """
    first = window_first(track, heads, window_days, lag_days)
    value, low, high = (
        _sum_between(older, newest, first, heads.index)
        for older, newest in ((track.value, heads.value), (track.low, heads.low), (track.high, heads.high))
    )
    return replace(heads, value=value, low=low, high=high)


def rolling_mean(track: Track, heads: Heads, *, window_days: float, lag_days: float) -> Heads:
    """Mean over the periods in the window of `rolling_sum` that have a value."""
    total = rolling_sum(track, heads, window_days=window_days, lag_days=lag_days)
    first = window_first(track, heads, window_days, lag_days)
    there = (~np.isnan(track.value)).astype(np.float64)
    count = _sum_between(there, (~np.isnan(heads.value)).astype(np.float64), first, heads.index)
    with np.errstate(invalid="ignore"):
        return each(total, lambda part: part / count)


def window_first(track: Track, heads: Heads, window_days: float, lag_days: float) -> Ints:
    """Return the first row of each moment's window (see `rolling_sum`)."""
    anchor = np.maximum(track.end[heads.index], heads.at - lag_days * DAY_SECONDS)
    middle = np.maximum.accumulate((track.start + track.end) / 2)
    first: Ints = np.searchsorted(middle, anchor - window_days * DAY_SECONDS, side="right")
    return np.minimum(first, heads.index)


def in_window(older: Floats, newest: Floats, first: Ints, last: Ints) -> list[Floats]:
    """Return `older[first:last]` and the newest, oldest first, one array of moments a place; NaN beyond."""
    depth = int(np.max(last - first, initial=0))
    places = [first + offset for offset in range(depth)]
    found = [np.where(place < last, older[np.minimum(place, last)], np.nan) for place in places]
    return [*found, newest]


def _sum_between(older: Floats, newest: Floats, first: Ints, last: Ints) -> Floats:
    """Sum `older[first:last]` and the newest, oldest first, gaps left out: the same bits at any length."""
    filled = np.nan_to_num(older, nan=0.0, posinf=np.inf, neginf=-np.inf)
    total = np.zeros(len(first))
    for offset in range(int(np.max(last - first, initial=0))):
        at = first + offset
        total = total + np.where(at < last, filled[np.minimum(at, last)], 0.0)
    return total + newest
