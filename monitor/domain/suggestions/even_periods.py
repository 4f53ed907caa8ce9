"""Evenly spaced periods: which slot of a series' own calendar a period fills, and when the next ones are."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from monitor.domain.clock import DAY_SECONDS, epoch, moment
from monitor.domain.series import Ints

MONTH_DAYS = 30.44
# By so much of a step a period may begin off its slot.
_TOLERANCE = 0.25
# At least this share of the slots must be filled for the spacing to count as even.
_FILLED = 0.75
_SEASONS_OF_DAYS = {1: 7, 7: 52}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spacing:
    """Periods of so many calendar months, or (with 0 months) of so many seconds, counted from `origin`."""

    origin: int
    months: int = 0
    seconds: int = 0

    @property
    def season(self) -> int:
        """How many slots make a season: a year of months or weeks, a week of days; 0 where there is none."""
        if self.months:
            return 12 // self.months if self.months < 12 else 0  # noqa: PLR2004 - months of a year
        return _SEASONS_OF_DAYS.get(round(self.seconds / DAY_SECONDS), 0)

    @property
    def per_year(self) -> float:
        """How many slots a year has."""
        return 12 / self.months if self.months else 365.25 * DAY_SECONDS / self.seconds

    def slots(self, starts: Ints) -> Ints:
        """Return the slot of each period's start; 0 is that of the origin."""
        if self.months:
            return np.rint((_months(starts) - _months(np.array([self.origin]))) / self.months).astype(
                np.int64
            )
        return np.rint((starts - self.origin) / self.seconds).astype(np.int64)

    def start_of(self, slot: int) -> int:
        """Return the epoch second at which a slot begins."""
        if not self.months:
            return self.origin + slot * self.seconds
        first = moment(self.origin)
        month = first.year * 12 + first.month - 1 + slot * self.months
        return epoch(datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC))


def spacing_of(starts: Ints) -> Spacing | None:
    """Return how periods are spaced from their starts (rising); None where they are not evenly."""
    if len(starts) < 3:  # noqa: PLR2004 - two steps that can agree
        return None
    step = float(np.median(np.diff(starts)))
    if step < DAY_SECONDS:
        return None
    spacing = _calendar(starts, step) or Spacing(origin=int(starts[0]), seconds=round(step))
    return spacing if _is_even(spacing, starts, step) else None


def _months(starts: Ints) -> Ints:
    """Return the calendar month of each moment, counted from 1970."""
    found: Ints = starts.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    return found


def _calendar(starts: Ints, step: float) -> Spacing | None:
    """Return a spacing by months where every period begins on the first of one."""
    months = round(step / DAY_SECONDS / MONTH_DAYS)
    if not months or any(moment(start).day != 1 for start in starts.tolist()):
        return None
    return Spacing(origin=int(starts[0]), months=months)


def _is_even(spacing: Spacing, starts: Ints, step: float) -> bool:
    """Whether each period lies at its own slot, and few slots are empty."""
    slots = spacing.slots(starts)
    if np.any(np.diff(slots) < 1) or len(slots) < _FILLED * (slots[-1] + 1):
        return False
    own = np.array([spacing.start_of(slot) for slot in slots.tolist()])
    return bool(np.all(np.abs(own - starts) <= _TOLERANCE * step))
