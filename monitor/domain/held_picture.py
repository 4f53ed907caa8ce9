"""A value in quarantine as it is drawn: beside what was in force, and what its gates allow."""

from dataclasses import dataclass

import numpy as np

from monitor.domain.clock import epoch
from monitor.domain.gates import Limits
from monitor.domain.observation import Reading
from monitor.domain.past import Past

MOST_VALUES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPicture:
    """Recent values from the oldest, the held one after them, and the edges of what is allowed."""

    recent: tuple[float, ...]
    value: float | None
    low: float | None
    high: float | None


def held_picture(reading: Reading, past: Past, limits: Limits) -> HeldPicture:
    """Return the picture of a held reading: the values of the periods before its own, and of its own."""
    place = int(np.searchsorted(past.end, epoch(reading.period_end), side="right"))
    recent = tuple(past.value[max(0, place - MOST_VALUES) : place].tolist())
    low, high = _allowed(recent[-1] if recent else None, limits)
    value = reading.value if reading.value is not None and np.isfinite(reading.value) else None
    return HeldPicture(recent=recent, value=value, low=low, high=high)


def _allowed(last: float | None, limits: Limits) -> tuple[float | None, float | None]:
    """Return the narrowest edges: the plausible range, and the largest step from the last value."""
    lows, highs = [limits.low], [limits.high]
    if last is not None:
        steps = [limits.step, None if limits.step_percent is None else abs(last) * limits.step_percent / 100]
        # Of a last value of 0 there is no percentage.
        for step in (each for each in steps if each):
            lows.append(last - step)
            highs.append(last + step)
    return (
        max((each for each in lows if each is not None), default=None),
        min((each for each in highs if each is not None), default=None),
    )
