"""The history of one series as a picture: thresholds, what is provisional, the forecast's fan, its steps."""

import math
from dataclasses import dataclass

import numpy as np

from monitor.domain.clock import moment
from monitor.domain.series import Floats
from monitor.domain.spoken import day, number, plain, short
from monitor.domain.suggestions.series_chart import Edge, Fan, SeriesChart
from monitor.domain.wording import say
from monitor.render.flags import PlacedFlag, place
from monitor.render.svg import Frame, Tick, r, ticks

_LABEL_HEIGHT = 13.0
# A threshold further off than this part of the values' reach is named below the picture instead.
_FAR = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesLayout:
    """Where things go in one size of the picture; `words` is where the thresholds' names begin."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    words: int
    is_phone: bool = False


SERIES_WIDE = SeriesLayout(width=924, height=340, left=44, right=800, top=48, bottom=316, words=808)
SERIES_PHONE = SeriesLayout(
    width=358, height=280, left=36, right=286, top=26, bottom=258, words=291, is_phone=True
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeLine:
    """A threshold inside the picture: its height, and that of its name, which keeps clear of others."""

    y: str
    label_y: str
    name: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesDrawing:
    """The picture ready to be written; all coordinates are pixels of `layout`."""

    layout: SeriesLayout
    grid: tuple[tuple[str, str], ...]
    ticks: tuple[Tick, ...]
    edges: tuple[EdgeLine, ...]
    beyond: tuple[Edge, ...]
    band: str
    settled: str
    provisional: str
    carried: str
    wide: str
    narrow: str
    middle: str
    now: str
    steps: tuple[tuple[str, str], ...]
    flags: tuple[PlacedFlag, ...]
    dot: tuple[str, str] | None
    value: tuple[str, str, str] | None
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plot:
    """The plot's frame with the axis of values: `low` at its bottom, `high` at its top."""

    frame: Frame
    low: float
    high: float

    def x(self, at: float) -> float:
        return min(max(self.frame.x1(at), self.frame.left), self.frame.right)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.frame.bottom - share * (self.frame.bottom - self.frame.top)


def series_chart(chart: SeriesChart, layout: SeriesLayout) -> SeriesDrawing:
    """Draw a series in one size."""
    inside = [edge for edge in chart.edges if _is_near(chart, edge)]
    plot = _plot(chart, inside, layout)
    steps = _periods(chart)
    dot = _dot(chart, plot)
    return SeriesDrawing(
        layout=layout,
        grid=_grid(chart, plot),
        ticks=tuple(ticks(plot.frame, label_width=52)),
        edges=_edge_lines(inside, plot),
        beyond=tuple(edge for edge in chart.edges if edge not in inside),
        band="".join(_box(plot, *each) for each in _band(chart)),
        settled=_stairs(plot, steps[: chart.settled]),
        provisional=_stairs(plot, steps[max(chart.settled - 1, 0) :]) if chart.settled < len(steps) else "",
        carried=_carried(chart, plot),
        wide="".join(_box(plot, each.start, each.end, *each.wide) for each in chart.fan),
        narrow="".join(_box(plot, each.start, each.end, *each.narrow) for each in chart.fan),
        middle=_stairs(plot, [(each.start, each.end, each.middle) for each in chart.fan]),
        now=r(plot.x(chart.fan[0].start)) if chart.fan else "",
        steps=tuple((r(plot.x(flag.at)), flag.label) for flag in chart.steps if _is_seen(chart, flag.at)),
        flags=_flags(chart, plot, layout),
        dot=None if dot is None else (r(dot[0]), r(dot[1])),
        value=_value_label(chart, plot, dot),
        says=_says(chart),
    )


def _is_near(chart: SeriesChart, edge: Edge) -> bool:
    low, high = chart.reach
    room = (high - low or abs(high) or 1.0) * _FAR
    return low - room <= edge.value <= high + room


def _plot(chart: SeriesChart, edges: list[Edge], layout: SeriesLayout) -> _Plot:
    """Return the plot with a little air above and below; what is never negative stands on its zero."""
    values = [*chart.reach, *(edge.value for edge in edges)]
    low, high = min(values), max(values)
    air = (high - low or abs(high) or 1.0) * 0.06
    bottom = 0.0 if 0 <= low < (high - low) else low - air
    frame = Frame(
        left=layout.left, right=layout.right, top=layout.top, bottom=layout.bottom,
        start=chart.start, end=chart.end,
    )  # fmt: skip
    return _Plot(frame=frame, low=bottom, high=high + air)


def _round_values(low: float, high: float) -> list[float]:
    """Return three to six round values between two."""
    rough = (high - low) / 4
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * part for part in (1, 2, 2.5, 5, 10) if size * part >= rough)
    first = math.ceil(low / step - 1e-9)
    return [number_ * step for number_ in range(first, math.floor(high / step + 1e-9) + 1)]


def _grid(chart: SeriesChart, plot: _Plot) -> tuple[tuple[str, str], ...]:
    """Return the axis of values: round numbers, or the states there are names for."""
    values = sorted(chart.words) if chart.words else _round_values(plot.low, plot.high)
    inside = [value for value in values if plot.low <= value <= plot.high]
    return tuple((chart.words.get(value) or _axis(value, plot), r(plot.y(value))) for value in inside)


def _axis(value: float, plot: _Plot) -> str:
    return short(value) if plot.high >= 1000 else plain(value, 3)  # noqa: PLR2004 - 1k and more


def _periods(chart: SeriesChart) -> list[tuple[float, float, float]]:
    return list(
        zip(chart.period_start.tolist(), chart.period_end.tolist(), chart.value.tolist(), strict=True)
    )


def _band(chart: SeriesChart) -> list[tuple[float, float, float, float]]:
    given = ~np.isnan(chart.low) & ~np.isnan(chart.high)
    columns: list[Floats] = [
        part[given].astype(np.float64)
        for part in (chart.period_start, chart.period_end, chart.low, chart.high)
    ]
    return list(zip(*(part.tolist() for part in columns), strict=True))


def _stairs(plot: _Plot, steps: list[tuple[float, float, float]]) -> str:
    """A step a period; where the next begins as the last ends they are joined, else there is a gap."""
    parts: list[str] = []
    reached = -math.inf
    for start, end, value in steps:
        if end <= plot.frame.start or start >= plot.frame.end:
            continue
        left, right, y = plot.x(start), plot.x(end), plot.y(value)
        is_joined = abs(left - reached) < 1.5  # noqa: PLR2004 - a pixel and a half is no gap
        parts.append(f"V{r(y)}H{r(right)}" if is_joined else f"M{r(left)} {r(y)}H{r(right)}")
        reached = right
    return "".join(parts)


def _carried(chart: SeriesChart, plot: _Plot) -> str:
    """The last value held until the time of the picture."""
    if not len(chart.value) or chart.period_end[-1] >= chart.as_of:
        return ""
    x, y = plot.x(float(chart.period_end[-1])), plot.y(float(chart.value[-1]))
    return f"M{r(x)} {r(y)}H{r(plot.x(chart.as_of))}"


def _box(plot: _Plot, start: float, end: float, low: float, high: float) -> str:
    if end <= plot.frame.start or start >= plot.frame.end:
        return ""
    return f"M{r(plot.x(start))} {r(plot.y(high))}H{r(plot.x(end))}V{r(plot.y(low))}H{r(plot.x(start))}Z"


def _edge_lines(edges: list[Edge], plot: _Plot) -> tuple[EdgeLine, ...]:
    """Return the thresholds from the bottom up, their names moved up where they would touch."""
    found: list[EdgeLine] = []
    last = math.inf
    for edge in sorted(edges, key=lambda each: each.value):
        y = plot.y(edge.value)
        label = min(y + 4, last - _LABEL_HEIGHT)
        last = label
        found.append(EdgeLine(y=r(y), label_y=r(label), name=edge.name, words=edge.words))
    return tuple(found)


def _is_seen(chart: SeriesChart, at: int) -> bool:
    return chart.start < at < chart.end


def _flags(chart: SeriesChart, plot: _Plot, layout: SeriesLayout) -> tuple[PlacedFlag, ...]:
    inside = tuple(flag for flag in chart.flags if _is_seen(chart, flag.at))
    return () if layout.is_phone else tuple(place(inside, plot.frame, right=layout.width))


def _dot(chart: SeriesChart, plot: _Plot) -> tuple[float, float] | None:
    if not len(chart.value) or chart.period_end[-1] <= chart.start:
        return None
    return plot.x(float(chart.period_end[-1])), plot.y(float(chart.value[-1]))


def _value_label(
    chart: SeriesChart, plot: _Plot, dot: tuple[float, float] | None
) -> tuple[str, str, str] | None:
    if dot is None:
        return None
    is_high = dot[1] - 14 > plot.frame.top
    y = dot[1] - 9 if is_high else dot[1] + 18
    return r(dot[0] - 8), r(y), _told(chart, float(chart.value[-1]))


def _told(chart: SeriesChart, value: float) -> str:
    """Return a value in words."""
    return chart.words.get(value) or number(value, chart.decimals)


def _says(chart: SeriesChart) -> str:
    """The picture as one sentence: from, to, lowest, highest, and what may come."""
    inside = (chart.period_end > chart.start) & (chart.period_start < chart.end)
    values = chart.value[inside]
    if not len(values):
        return say("{name}: no values yet.", name=chart.name)
    first, last = (float(values[place_]) for place_ in (0, -1))
    low, high = float(values.min()), float(values.max())
    told = [_told(chart, value) for value in (first, last, low, high)]
    since, until = day(moment(chart.period_start[inside][0])), day(moment(chart.period_end[inside][-1] - 1))
    ahead = _fan_says(chart.fan[-1], chart.decimals) if chart.fan else ""
    says = say(
        "{name} from {start} to {end}, {unit}: from {first} to {last}, lowest {lowest}, highest {highest}.",
        name=chart.name, start=since, end=until, unit=chart.unit,
        first=told[0], last=told[1], lowest=told[2], highest=told[3],
    )  # fmt: skip
    return f"{says} {ahead}" if ahead else says


def _fan_says(last: Fan, decimals: int) -> str:
    low, high = (number(value, decimals) for value in last.wide)
    until = day(moment(last.end - 1))
    return say(
        "Forecast to {day}: {middle}, 80 % between {low} and {high}.",
        day=until, middle=number(last.middle, decimals), low=low, high=high,
    )  # fmt: skip
