"""A rule on history as a picture: the line it watched, its edges, and bands where it would have fired."""

import math
from dataclasses import dataclass

import numpy as np

from monitor.domain.backtests.rule_chart import FiringSpan, RuleChart, RuleEdge
from monitor.domain.scale import FULL
from monitor.domain.series import Floats
from monitor.domain.spoken import plain, short
from monitor.domain.wording import say, say_many
from monitor.render.flags import PlacedFlag, place
from monitor.render.series_chart import SeriesLayout
from monitor.render.svg import Frame, Tick, r, stepped, ticks

_AIR = 0.06
_LABEL_HEIGHT = 13.0
_LEAST_WIDTH = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class FiringBand:
    """One stretch: from `x`, `width` wide; `concern` is its worst."""

    x: str
    width: str
    concern: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleEdgeLine:
    """An edge at `y`, its words at `label_y`, clear of the others'."""

    y: str
    label_y: str
    name: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDrawing:
    """The picture ready to be written; all coordinates are pixels of `layout`."""

    layout: SeriesLayout
    bands: tuple[FiringBand, ...]
    grid: tuple[tuple[str, str], ...]
    ticks: tuple[Tick, ...]
    edges: tuple[RuleEdgeLine, ...]
    flags: tuple[PlacedFlag, ...]
    line: str
    says: str


def rule_chart(chart: RuleChart, layout: SeriesLayout) -> RuleDrawing:
    """Draw a rule's history in one size."""
    frame = Frame(
        left=layout.left, right=layout.right, top=layout.top, bottom=layout.bottom,
        start=chart.start, end=chart.end,
    )  # fmt: skip
    low, high = _reach(chart)
    x = np.clip(frame.x(chart.at), frame.left, frame.right)
    return RuleDrawing(
        layout=layout,
        bands=tuple(_band(each, frame) for each in chart.firings),
        grid=tuple((_axis(value, high), r(_y(value, low, high, frame))) for value in _round(low, high)),
        ticks=tuple(ticks(frame, label_width=52)),
        edges=tuple(_edges(chart, low, high, frame)),
        flags=() if layout.is_phone else tuple(place(chart.flags, frame, right=layout.right)),
        line=stepped(x, frame.y(_scaled(chart.value, low, high)), until=frame.right),
        says=_says(chart),
    )


def _reach(chart: RuleChart) -> tuple[float, float]:
    """Return what the axis spans: the values and the edges, with a little air; a zero stays the bottom."""
    known = chart.value[~np.isnan(chart.value)].tolist() + [each.value for each in chart.edges]
    low, high = min(known, default=0.0), max(known, default=1.0)
    air = (high - low or abs(high) or 1.0) * _AIR
    return 0.0 if 0 <= low < high - low else low - air, high + air


def _scaled(values: Floats, low: float, high: float) -> Floats:
    return np.asarray((values - low) / (high - low) * FULL, dtype=np.float64)


def _y(value: float, low: float, high: float, frame: Frame) -> float:
    return frame.y1((value - low) / (high - low) * FULL)


def _band(firing: FiringSpan, frame: Frame) -> FiringBand:
    left = max(frame.x1(firing.start), frame.left)
    right = frame.right if firing.end is None else min(frame.x1(firing.end), frame.right)
    return FiringBand(x=r(left), width=r(max(right - left, _LEAST_WIDTH)), concern=int(firing.peak))


def _round(low: float, high: float) -> list[float]:
    """Return three to six round values between two."""
    rough = (high - low) / 4
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * part for part in (1, 2, 2.5, 5, 10) if size * part >= rough)
    first = math.ceil(low / step - 1e-9)
    return [place_ * step for place_ in range(first, math.floor(high / step + 1e-9) + 1)]


def _axis(value: float, high: float) -> str:
    return short(value) if high >= 1000 else plain(value, 3)  # noqa: PLR2004 - 1k and more


def _edges(chart: RuleChart, low: float, high: float, frame: Frame) -> list[RuleEdgeLine]:
    """Place the words of the edges from the top down, each below the last where they would touch."""
    lines: list[RuleEdgeLine] = []
    free = frame.top - _LABEL_HEIGHT
    for edge in sorted(chart.edges, key=lambda each: _y(each.value, low, high, frame)):
        y = _y(edge.value, low, high, frame)
        free = max(free + _LABEL_HEIGHT, y + 4)
        lines.append(_edge(edge, y, free))
    return lines


def _edge(edge: RuleEdge, y: float, label_y: float) -> RuleEdgeLine:
    return RuleEdgeLine(y=r(y), label_y=r(label_y), name=edge.concern.said, words=edge.words)


def _says(chart: RuleChart) -> str:
    edges = ", ".join(f"{each.concern.said} {each.words}" for each in chart.edges)
    return say_many(
        "{name}: {n} alert in the span; edges: {edges}", "{name}: {n} alerts in the span; edges: {edges}",
        len(chart.firings), name=chart.name, edges=edges or say("none"),
    )  # fmt: skip
