"""What a picture shows, before any geometry: lines, flags, terms and joints as plain values."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from monitor.domain.scale import FULL, AlarmingEnd, Scale
from monitor.domain.series import Floats, Ints

HUES = 5


def hue(heat: float) -> int:
    """Return the temperature step 1 to 5 of a heat: five steps of 20 points, the same on every scale."""
    return min(HUES, max(1, int(heat // (FULL / HUES)) + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A stepped line: heat, and the least and most the inputs allow, at rising epoch seconds.

    NaN is a stretch without a level: a gap, never a zero.
    """

    at: Ints
    heat: Floats
    low: Floats
    high: Floats

    def __len__(self) -> int:
        """Count the points."""
        return len(self.at)

    def within(self, start: int, end: int) -> "Trace":
        """Return the points of a span, with the value in force at its start carried to it."""
        first = int(np.searchsorted(self.at, start, side="right")) - 1
        last = int(np.searchsorted(self.at, end, side="right"))
        keep = slice(max(first, 0), last)
        at = self.at[keep].copy()
        if first >= 0 and len(at):
            at[0] = max(int(at[0]), start)
        return Trace(at=at, heat=self.heat[keep], low=self.low[keep], high=self.high[keep])

    def value_at(self, when: int) -> float | None:
        """Return the heat in force at a moment; None before the first point or in a gap."""
        place = int(np.searchsorted(self.at, when, side="right")) - 1
        if place < 0 or np.isnan(self.heat[place]):
            return None
        return float(self.heat[place])


def empty_trace() -> Trace:
    """Return a line without a point."""
    nothing = np.zeros(0)
    return Trace(at=np.zeros(0, dtype=np.int64), heat=nothing, low=nothing, high=nothing)


def joined(first: Trace, second: Trace) -> Trace:
    """Return one line of two, the second taking over where it begins."""
    if not len(second):
        return first
    keep = first.at < second.at[0]
    return Trace(
        at=np.concatenate([first.at[keep], second.at]),
        heat=np.concatenate([first.heat[keep], second.heat]),
        low=np.concatenate([first.low[keep], second.low]),
        high=np.concatenate([first.high[keep], second.high]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """An event above the plot; `when` is its date in words, never more precise than its source."""

    at: int
    label: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A level was entered: a hollow dot on the line."""

    at: int
    heat: float
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatChart:
    """The heat line of one subject from `start` to `end`, with what lies around it.

    `restated` is what today's data and definitions say of the same time, where it was asked for.
    """

    name: str
    scale: Scale
    start: int
    end: int
    published: Trace
    reconstructed: Trace
    flags: tuple[Flag, ...] = ()
    entered: tuple[Entered, ...] = ()
    blind: tuple[tuple[int, int], ...] = ()
    span: tuple[int, int] | None = None
    span_delta: float | None = None
    restated: Trace | None = None

    @property
    def line(self) -> Trace:
        """The published line, with the reconstructed one before it."""
        return joined(self.reconstructed, self.published)


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentumChart:
    """Momentum below the heat line, over the same stretch: change over a week and over a month, by day."""

    start: int
    end: int
    at: Ints
    week: Floats
    month: Floats
    month_sd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class Spark:
    """Ninety days in a row of the board; a value is itself alone, so that its drawing can be kept with it."""

    scale: Scale
    start: int
    end: int
    line: Trace
    blind: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """Thresholds on the axis of pressure; `joints` are the edges' values in words, empty for states."""

    pressure: float | None
    joints: tuple[str, ...] = ()
    is_saturated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One bar of the ledger: a driver, or what lies below it, `depth` deep. `delta` is in points of heat."""

    name: str
    delta: float
    is_driver: bool
    depth: int = 0
    causes: tuple[str, ...] = ()
    before: str = ""
    after: str = ""
    seq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerChart:
    """From a dot to a dot, with bars between; drivers are in order of size, their parts below them."""

    start: date
    end: date
    start_heat: float | None
    end_heat: float | None
    start_level: str
    end_level: str
    delta: float
    alarming_end: AlarmingEnd
    lines: tuple[LedgerLine, ...]

    @property
    def is_worse(self) -> bool:
        """Whether the whole change is towards the alarming end."""
        return worsens(self.delta, self.alarming_end)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionNote:
    """What is said of one admin-1 region, by its p-code.

    `shade` 0 to 2 grows with concern, hatched is in between; `mark` are the words beside a crossed box.
    """

    code: str
    shade: int = 0
    note: str = ""
    is_hatched: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One incident; filled where people died."""

    longitude: float
    latitude: float
    killed: int
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapChart:
    """What is drawn on the outlines of a country (ISO 3166, three letters)."""

    country: str
    notes: tuple[RegionNote, ...] = ()
    dots: tuple[Dot, ...] = ()
    since: date | None = None
    until: date | None = None


def worsens(delta: float, alarming_end: AlarmingEnd) -> bool:
    """Whether a change of heat goes towards the alarming end."""
    return (delta < 0) is (alarming_end is AlarmingEnd.LOW) and delta != 0
