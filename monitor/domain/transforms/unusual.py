"""How unusual a value is in its own recent past: weeks above a baseline, and records (heat.md 2)."""

from dataclasses import dataclass, replace

import numpy as np

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.series import Floats, Ints
from monitor.domain.transforms.rolling import in_window, window_first
from monitor.domain.transforms.track import Heads, Track

WEEK_DAYS = 7
WINDOW_WEEKS = 52.0
_LEAST_SHARE = 0.5


def weeks_above_baseline(
    track: Track, heads: Heads, *, lag_days: float, sd: float = 2.0, window_weeks: float = WINDOW_WEEKS
) -> Heads:
    """Count the weeks of the window above its mean plus `sd` standard deviations.

    The window is that of `rolling_sum`; a period counts as many weeks as it is long. Missing until the
    periods with a value fill half of the window. The bounds hold the truth, if not always tightly.
    """
    first = window_first(track, heads, window_weeks * WEEK_DAYS, lag_days)
    window = _window(track, heads, first)
    is_enough = _total(window.weeks) >= _LEAST_SHARE * window_weeks
    baseline = _baseline(window, sd)
    value, low, high = (
        np.where(is_enough, _weeks_over(window.weeks, parts, edge), np.nan)
        for parts, edge in (
            (window.value, baseline.value),
            (window.low, baseline.high),
            (window.high, baseline.low),
        )
    )
    return replace(heads, value=np.where(np.isnan(heads.value), np.nan, value), low=low, high=high)


def record_high(track: Track, heads: Heads, *, days: float) -> Heads:
    """For how many days, up to `days`, no earlier value was as high; since the first value at most."""
    value, low, high = (
        _unbeaten(track, heads, older, newest, days)
        for older, newest in ((track.value, heads.value), (track.high, heads.low), (track.low, heads.high))
    )
    return replace(heads, value=value, low=low, high=high)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """Periods of each moment's window x moments, oldest first, less the newest value; NaN where none is.

    The newest value is taken off so that equal values differ by an exact 0.
    """

    value: list[Floats]
    low: list[Floats]
    high: list[Floats]
    weeks: list[Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edge:
    """Where a value is above the baseline, with bounds."""

    value: Floats
    low: Floats
    high: Floats


def _window(track: Track, heads: Heads, first: Ints) -> _Window:
    length = (track.end - track.start) / (WEEK_DAYS * DAY_SECONDS)
    value, low, high = (
        [part - heads.value for part in in_window(older, newest, first, heads.index)]
        for older, newest in ((track.value, heads.value), (track.low, heads.low), (track.high, heads.high))
    )
    weeks = in_window(length, length[heads.index], first, heads.index)
    there = [np.where(np.isnan(part), 0.0, own) for part, own in zip(value, weeks, strict=True)]
    return _Window(value=value, low=low, high=high, weeks=there)


def _baseline(window: _Window, sd: float) -> _Edge:
    """Return mean + sd x standard deviation; the deviation of other values differs by at most their distance.

    (It is a norm of the differences from the mean, so it obeys the triangle inequality.)
    """
    count = _total([(~np.isnan(part)).astype(np.float64) for part in window.value])
    with np.errstate(divide="ignore", invalid="ignore"):
        mean, low, high = (_total(parts) / count for parts in (window.value, window.low, window.high))
        spread = np.sqrt(_total([(part - mean) ** 2 for part in window.value]) / (count - 1))
        apart = [
            np.maximum(np.abs(least - part), np.abs(most - part)) ** 2
            for part, least, most in zip(window.value, window.low, window.high, strict=True)
        ]
        distance = np.sqrt(_total(apart) / (count - 1))
        return _Edge(
            value=mean + sd * spread,
            low=low + sd * np.maximum(spread - distance, 0),
            high=high + sd * (spread + distance),
        )


def _weeks_over(weeks: list[Floats], parts: list[Floats], edge: Floats) -> Floats:
    return _total([np.where(part > edge, own, 0.0) for part, own in zip(parts, weeks, strict=True)])


def _total(parts: list[Floats]) -> Floats:
    """Add one after another, gaps left out."""
    total = np.zeros(len(parts[0]))
    for part in parts:
        total = total + np.where(np.isnan(part), 0.0, part)
    return total


def _unbeaten(track: Track, heads: Heads, older: Floats, newest: Floats, days: float) -> Floats:
    """Return the days back to the last period whose value was at least the newest."""
    ends = np.maximum.accumulate(track.end)
    now = ends[heads.index]
    since = now - days * DAY_SECONDS
    begin = track.start[np.argmax(~np.isnan(track.value))] if len(ends) else 0
    back, found = np.maximum(since, begin), np.zeros(len(now), dtype=np.bool_)
    depth = heads.index - np.searchsorted(ends, since, side="right")
    for offset in range(1, int(np.max(depth, initial=0)) + 1):
        place = np.maximum(heads.index - offset, 0)
        is_beaten = (offset <= depth) & ~found & (older[place] >= newest)
        back, found = np.where(is_beaten, ends[place], back), found | is_beaten
    return np.where(np.isnan(newest), np.nan, (now - back) / DAY_SECONDS)
