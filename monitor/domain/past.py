"""What was in force of a series before a harvest: what a reading is compared with."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.domain.clock import epoch
from monitor.domain.observation import Reading
from monitor.domain.scoring.view import effective, observed
from monitor.domain.series import Columns, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One row a period, by rising period end; `low` and `high` are NaN where not given.

    `earlier` are the rows that were in force once: what was believed before is believed again.
    """

    start: Ints
    end: Ints
    value: Floats
    low: Floats
    high: Floats
    earlier: "Past | None" = None

    def news(self, readings: Sequence[Reading]) -> list[bool]:
        """Say of each reading whether it says something that was never in force of its period."""
        if not len(self.end):
            return [True] * len(readings)
        starts = {epoch(each.period_start) for each in readings}
        known = self.told(starts) | (self.earlier.told(starts) if self.earlier else set())
        return [
            (epoch(each.period_start), epoch(each.period_end), each.value, each.low, each.high) not in known
            for each in readings
        ]

    def value_of(self, reading: Reading) -> float | None:
        """Return the value in force of a reading's period; None if there is none."""
        start, end = epoch(reading.period_start), epoch(reading.period_end)
        place = int(np.searchsorted(self.end, end))
        while place < len(self.end) and self.end[place] == end:
            if self.start[place] == start:
                return float(self.value[place])
            place += 1
        return None

    def before(self, end: int) -> tuple[int, float] | None:
        """Return the end (epoch seconds) and the value of the last period that ended before one ends."""
        place = int(np.searchsorted(self.end, end)) - 1
        return (int(self.end[place]), float(self.value[place])) if place >= 0 else None

    def told(self, starts: set[int]) -> set[tuple[float | None, ...]]:
        """Return (start, end, value, low, high) of the rows whose periods start then (epoch seconds)."""
        rows = np.flatnonzero(np.isin(self.start, list(starts)))
        columns = (self.start, self.end, self.value, self.low, self.high)
        taken = zip(*(column[rows].tolist() for column in columns), strict=True)
        return {(start, end, value, _maybe(low), _maybe(high)) for start, end, value, low, high in taken}


def past_of(columns: Columns) -> Past:
    """Return what is in force of a series' rows."""
    rows = observed(effective(columns))
    return _past(rows, earlier=None if len(rows) == len(columns) else _past(observed(columns)))


def _past(rows: Columns, *, earlier: Past | None = None) -> Past:
    order = np.lexsort((rows.period_start, rows.period_end))
    return Past(
        start=rows.period_start[order],
        end=rows.period_end[order],
        value=rows.value[order],
        low=rows.low[order],
        high=rows.high[order],
        earlier=earlier,
    )


def _maybe(bound: float) -> float | None:
    return None if np.isnan(bound) else bound


_NO_TIMES, _NO_VALUES = np.zeros(0, dtype=np.int64), np.zeros(0)
NO_PAST = Past(start=_NO_TIMES, end=_NO_TIMES, value=_NO_VALUES, low=_NO_VALUES, high=_NO_VALUES)
