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


def momenta(at: Ints, heat: Floats, *, now: int) -> tuple[Momentum, ...]:
    """Return the momentum at `now` over 7 and 30 days of a line of heat (rising epoch seconds, raw heat)."""
    return tuple(momentum(at, heat, now=now, days=days) for days in WINDOWS_DAYS)


def momentum(at: Ints, heat: Floats, *, now: int, days: int) -> Momentum:
    """Return the change up to `now` over some days, each heat holding until the next point."""
    changes = changes_at(at, heat, moments=_daily(at, now), days=days)
    last = float(changes[-1])
    if np.isnan(last):
        return Momentum(days=days, change=None, unusual_sd=None)
    earlier = changes[:-1][~np.isnan(changes[:-1])]
    spread = float(np.std(earlier)) if len(earlier) >= LEAST_CHANGES else 0.0
    return Momentum(days=days, change=last, unusual_sd=last / spread if spread > 0 else None)


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
