"""Momentum: how far heat moved over a week or a month, and how unusual that is (heat.md 6)."""

from dataclasses import dataclass

import numpy as np

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.series import Floats, Ints

WINDOWS_DAYS = (7, 30)
LEAST_CHANGES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Momentum:
    """The change of heat over some days, None where the line is too short.

    `unusual_sd` is that change in standard deviations of the earlier changes over as many days, taken
    daily; None with fewer than 30 of them or when they never differed.
    """

    days: int
    change: float | None
    unusual_sd: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentumLine:
    """Momentum over time: at each moment the change over `days`, and in units of its own past spread.

    NaN where the line is too short to tell.
    """

    days: int
    at: Ints
    change: Floats
    unusual_sd: Floats


def momenta(at: Ints, heat: Floats, *, now: int) -> tuple[Momentum, ...]:
    """Return the momentum at `now` over 7 and 30 days of a line of heat (rising epoch seconds, raw heat)."""
    return tuple(momentum(at, heat, now=now, days=days) for days in WINDOWS_DAYS)


def momentum(at: Ints, heat: Floats, *, now: int, days: int) -> Momentum:
    """Return the change up to `now` over some days, each heat holding until the next point."""
    line = momentum_line(at, heat, now=now, days=days)
    last, unusual = float(line.change[-1]), float(line.unusual_sd[-1])
    return Momentum(
        days=days,
        change=None if np.isnan(last) else last,
        unusual_sd=None if np.isnan(unusual) else unusual,
    )


def momentum_line(at: Ints, heat: Floats, *, now: int, days: int) -> MomentumLine:
    """Return the momentum at every whole number of days before `now` since the line's first point."""
    moments = _daily(at, now)
    changes = changes_at(at, heat, moments=moments, days=days)
    spread = _spread_before(changes)
    with np.errstate(divide="ignore", invalid="ignore"):
        unusual = np.where(spread > 0, changes / spread, np.nan)
    return MomentumLine(days=days, at=moments, change=changes, unusual_sd=unusual)


def unusual_at(at: Ints, heat: Floats, *, moments: Ints, days: int) -> Floats:
    """Return at each moment the change over `days` in units of its own past spread, as known from before it.

    Moments at the same time of day share one line. NaN where it is too short to tell.
    """
    found = np.full(len(moments), np.nan)
    times = moments % DAY_SECONDS
    for time in np.unique(times):
        place = np.flatnonzero(times == time)
        line = momentum_line(at, heat, now=int(moments[place].max()), days=days)
        there = np.searchsorted(line.at, moments[place])
        is_on = moments[place] >= line.at[0]
        found[place] = np.where(is_on, line.unusual_sd[np.minimum(there, len(line.at) - 1)], np.nan)
    return found


def _spread_before(changes: Floats) -> Floats:
    """Return the standard deviation of all earlier changes at each place; 0 with too few of them."""
    is_known = ~np.isnan(changes)
    first = changes[is_known][0] if np.any(is_known) else 0.0
    # Less the first one: equal changes then differ by an exact 0, and sums stay small.
    parts = np.where(is_known, changes - first, 0.0)
    count = np.concatenate([[0], np.cumsum(is_known)[:-1]])
    total, squares = (np.concatenate([[0.0], np.cumsum(part)[:-1]]) for part in (parts, parts**2))
    number = np.maximum(count, 1)
    spread = np.sqrt(np.maximum(squares / number - (total / number) ** 2, 0.0))
    return np.where(count >= LEAST_CHANGES, spread, 0.0)


def changes_at(at: Ints, heat: Floats, *, moments: Ints, days: int) -> Floats:
    """Return heat at each moment less heat that many days before; NaN where either is not known."""
    return _value_at(at, heat, moments) - _value_at(at, heat, moments - days * DAY_SECONDS)


def _daily(at: Ints, now: int) -> Ints:
    """Return the moments a whole number of days before `now` since the line's first point, and `now`."""
    first = int(at[0]) if len(at) else now
    count = max(0, (now - first) // DAY_SECONDS)
    return now - np.arange(count, -1, -1, dtype=np.int64) * DAY_SECONDS


def _value_at(at: Ints, heat: Floats, moments: Ints) -> Floats:
    place = np.searchsorted(at, moments, side="right") - 1
    padded = np.append(heat, np.nan)
    return padded[np.where(place < 0, len(heat), place)]
