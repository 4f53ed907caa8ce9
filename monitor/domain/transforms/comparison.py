"""Comparisons: a value against an earlier one or against a base period (heat.md 2)."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.series import Bools, Ints
from monitor.domain.transforms.interval import percent_change_bounds
from monitor.domain.transforms.track import Heads, Track

_BASE_PERIOD = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


def index(track: Track, heads: Heads, *, base_period: str) -> Heads:
    """Percent of the mean over the base period as far as it was known; missing before that."""
    since, until = base_span(base_period)
    in_base = (track.start >= since) & (track.start < until) & ~np.isnan(track.value)
    count = np.cumsum(in_base)[heads.index]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        base, low, high = (
            np.cumsum(np.where(in_base, part, 0.0))[heads.index] / count
            for part in (track.value, track.low, track.high)
        )
        value = heads.value / np.where(base > 0, base, np.nan) * 100
    least, most = percent_change_bounds(heads.low, heads.high, low, high)
    return replace(heads, value=value, low=least + 100, high=most + 100)


def percent_change(track: Track, heads: Heads, *, window_days: float) -> Heads:
    """Percent change against the earlier value above 0 whose period ended nearest to the window's start.

    Missing where none ended within half a window of it.
    """
    window = window_days * DAY_SECONDS
    base, is_found = base_rows(track, heads.index, window)
    reference = np.where(is_found, track.value[base], np.nan)
    least, most = percent_change_bounds(heads.low, heads.high, track.low[base], track.high[base])
    with np.errstate(over="ignore"):
        value = (heads.value / reference - 1) * 100
    return replace(heads, value=value, low=least, high=most)


def base_rows(track: Track, index: Ints, window: float) -> tuple[Ints, Bools]:
    """Return the row each of some rows is compared with `window` seconds back, and whether there is one."""
    bases = np.flatnonzero(track.value > 0)
    if not len(bases):
        return np.zeros_like(index), np.zeros(len(index), dtype=np.bool_)
    ends = np.maximum.accumulate(track.end[bases])
    target = track.end[index] - window
    earlier = np.searchsorted(bases, index)
    after = np.searchsorted(ends, target)
    before = np.maximum(after - 1, 0)
    after = np.minimum(after, np.maximum(earlier - 1, 0))
    nearest = np.where(np.abs(ends[after] - target) <= np.abs(ends[before] - target), after, before)
    is_found = (nearest < earlier) & (np.abs(ends[nearest] - target) <= window / 2)
    return bases[nearest], is_found


def base_span(text: str) -> tuple[int, int]:
    """Return the epoch seconds at which a base period (`2025`, `2025-08`, `2025-08-01`) begins and ends."""
    match = _BASE_PERIOD.fullmatch(text)
    if match is None:
        message = f"a base period is written 2025, 2025-08 or 2025-08-01, not {text!r}"
        raise ValueError(message)
    year, month, day = (None if part is None else int(part) for part in match.groups())
    start = datetime(year or 0, month or 1, day or 1, tzinfo=UTC)
    if day is not None:
        return int(start.timestamp()), int(start.timestamp()) + DAY_SECONDS
    end = datetime(start.year + (month in {None, 12}), (month or 12) % 12 + 1, 1, tzinfo=UTC)
    return int(start.timestamp()), int(end.timestamp())
