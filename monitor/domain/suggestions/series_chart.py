"""What the picture of one series shows: its history, thresholds, what may come, and where it stepped."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from monitor.domain.chart import Flag
from monitor.domain.series import Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A threshold: its name, its value, and the value in words."""

    name: str
    value: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fan:
    """One period that may come: the middle, and where 50 % and 80 % of past errors would put it."""

    start: int
    end: int
    middle: float
    narrow: tuple[float, float]
    wide: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesChart:
    """A series from `start` to `end`: one value a period, `low` and `high` NaN where they are not given.

    From the period of place `settled` on values may still move (they are provisional). The last value is
    carried on to `as_of`; `words` are the names of states.
    """

    name: str
    unit: str
    start: int
    end: int
    period_start: Ints
    period_end: Ints
    value: Floats
    low: Floats
    high: Floats
    settled: int
    edges: tuple[Edge, ...] = ()
    fan: tuple[Fan, ...] = ()
    steps: tuple[Flag, ...] = ()
    flags: tuple[Flag, ...] = ()
    words: Mapping[float, str] = field(default_factory=dict)
    as_of: int = 0
    decimals: int = 0

    @property
    def reach(self) -> tuple[float, float]:
        """The least and the greatest of all that is drawn as a line or an area."""
        inside = (self.period_end > self.start) & (self.period_start < self.end)
        ends = [end for each in self.fan for end in each.wide]
        everything = np.concatenate([self.value[inside], self.low[inside], self.high[inside], np.array(ends)])
        known = everything[~np.isnan(everything)]
        return (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
