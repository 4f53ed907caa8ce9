"""Surge: how many times its usual rate a flow (deaths, arrests, attacks) has reached of late."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.series import Floats, Ints
from monitor.domain.transforms.rolling import in_window
from monitor.domain.transforms.track import Heads, Track

BASELINE_DAYS = 365.25
# One month and two: the one sees a leap at once, the other a rise that no single month shows.
RECENT_DAYS = (30.5, 61.0)
LARGEST = 100.0
_LEAST_SHARE = 0.5


def surge(track: Track, heads: Heads, *, minimum: float, baseline_days: float = BASELINE_DAYS) -> Heads:
    """Divide the daily rate of the last month, or of the last two, by that of `baseline_days` before it.

    The larger of the two ratios, 100 at most; one counts only where its own total is at least `minimum`
    (in the indicator's unit), and is 0 otherwise. Periods belong where their middle lies. Missing until
    periods with a value fill half of the baseline.
    """
    spans = [_Span(track=track, heads=heads, recent=days, baseline=baseline_days) for days in RECENT_DAYS]
    is_missing = np.isnan(heads.value) | ~spans[0].is_enough
    value, low, high = (
        np.where(is_missing, np.nan, np.maximum(*(span.ratio(*parts, minimum=minimum) for span in spans)))
        for parts in (
            (track.value, heads.value, track.value),
            (track.low, heads.low, track.high),
            (track.high, heads.high, track.low),
        )
    )
    return replace(heads, value=value, low=low, high=high)


def spans_of(track: Track, heads: Heads, *, recent: float, baseline: float) -> tuple[Ints, Ints]:
    """Return the first row of each moment's baseline, and that of its last `recent` days."""
    middle = np.maximum.accumulate((track.start + track.end) / 2)
    ends = track.end[heads.index]
    first = np.searchsorted(middle, ends - (recent + baseline) * DAY_SECONDS, side="right")
    newest = np.searchsorted(middle, ends - recent * DAY_SECONDS, side="right")
    newest = np.minimum(newest, heads.index)
    return np.minimum(first, newest), newest


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """The last `recent` days at some moments, and the `baseline` days before them."""

    track: Track
    heads: Heads
    recent: float
    baseline: float

    @property
    def is_enough(self) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
        """Whether periods with a value fill half of the baseline."""
        _, days = self._baseline(self.track.value)
        return days >= _LEAST_SHARE * self.baseline

    def ratio(self, older: Floats, newest: Floats, before: Floats, *, minimum: float) -> Floats:
        """Return the rate of `older` up to `newest` over that of `before`, 0 below the minimum."""
        _, first = spans_of(self.track, self.heads, recent=self.recent, baseline=self.baseline)
        lengths = self._days()
        parts = in_window(older, newest, first, self.heads.index)
        days = in_window(lengths, lengths[self.heads.index], first, self.heads.index)
        total, span = _sums(parts, days)
        base, base_span = self._baseline(before)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = (total / span) / (base / base_span)
        ratio = np.where(np.isnan(ratio), 0.0, np.minimum(ratio, LARGEST))
        return np.where(total >= minimum, ratio, 0.0)

    def _baseline(self, before: Floats) -> tuple[Floats, Floats]:
        first, last = spans_of(self.track, self.heads, recent=self.recent, baseline=self.baseline)
        lengths, nothing = self._days(), np.full(len(last), np.nan)
        return _sums(in_window(before, nothing, first, last), in_window(lengths, nothing, first, last))

    def _days(self) -> Floats:
        return (self.track.end - self.track.start) / DAY_SECONDS


def _sums(parts: Sequence[Floats], days: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Add values, and the days of those that are there, oldest first: the same bits at any length."""
    total, span = np.zeros(len(parts[0])), np.zeros(len(parts[0]))
    for part, length in zip(parts, days, strict=True):
        is_there = ~np.isnan(part)
        total = total + np.where(is_there, part, 0.0)
        span = span + np.where(is_there, length, 0.0)
    return total, span
