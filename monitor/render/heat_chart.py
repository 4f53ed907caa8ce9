"""The heat line of a subject as a picture: bands, flags, uncertainty, published and reconstructed lines."""

import math
from dataclasses import dataclass, replace

import numpy as np

from monitor.domain.chart import HeatChart, Trace, hue
from monitor.domain.clock import moment
from monitor.domain.series import Floats
from monitor.domain.spoken import capital, day, number, signed
from monitor.domain.wording import say
from monitor.render.flags import PlacedFlag, place
from monitor.render.sparkline import Band, bands
from monitor.render.svg import Frame, Tick, area, r, stepped, ticks, wedge

_ROW = 16
_CHARACTER, _LEVEL_CHARACTER = 5.8, 7.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Words inside the plot."""

    x: str
    y: str
    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where things go in one size of the chart."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    words: int
    concerns: int = 0
    is_phone: bool = False


WIDE = Layout(width=924, height=382, left=26, right=806, top=60, bottom=358, words=824, concerns=866)
SHEET = Layout(width=748, height=226, left=26, right=604, top=60, bottom=202, words=622, concerns=668)
PHONE = Layout(width=358, height=300, left=30, right=294, top=40, bottom=278, words=311, is_phone=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatDrawing:
    """The chart ready to be written; all coordinates are pixels of `layout`."""

    layout: Layout
    bands: tuple[Band, ...]
    grid: tuple[tuple[str, str], ...]
    ticks: tuple[Tick, ...]
    flags: tuple[PlacedFlag, ...]
    blind: tuple[tuple[str, str], ...]
    uncertainty: str
    reconstructed: str
    published: str
    restated: str
    labels: tuple[Label, ...]
    entered: tuple[tuple[str, str], ...]
    dot: tuple[str, str] | None
    hue: int
    value: Label | None
    here: int
    span: tuple[str, str, str] | None
    span_label: Label | None
    wedge: str
    says: str


def heat_chart(chart: HeatChart, layout: Layout) -> HeatDrawing:
    """Draw the heat line in one size; the plot gives way to long level names."""
    layout = _fitted(layout, chart)
    frame = Frame(
        left=layout.left, right=layout.right, top=layout.top, bottom=layout.bottom,
        start=chart.start, end=chart.end,
    )  # fmt: skip
    line = chart.line.within(chart.start, chart.end)
    old = _before(chart).within(chart.start, chart.end)
    published = chart.published.within(chart.start, chart.end)
    x = frame.x(line.at)
    value, dot, heat = _last(frame, line)
    return HeatDrawing(
        layout=layout,
        bands=bands(chart.scale, frame),
        grid=tuple((str(edge), r(frame.y1(edge))) for edge in _edges(chart)),
        ticks=tuple(ticks(frame, label_width=52)),
        flags=tuple(_flags(chart, frame, layout)),
        blind=tuple(_stretch(frame, stretch) for stretch in chart.blind),
        uncertainty=area(x, frame.y(line.low), frame.y(line.high), until=frame.right),
        reconstructed=stepped(frame.x(old.at), frame.y(old.heat), until=_until(frame, published)),
        published=stepped(frame.x(published.at), frame.y(published.heat), until=frame.right),
        restated=_restated(frame, chart),
        labels=() if layout.is_phone else tuple(_labels(frame, line, old, published)),
        entered=tuple(
            (r(frame.x1(each.at)), r(frame.y1(each.heat)))
            for each in chart.entered
            if chart.start < each.at <= chart.end
        ),
        dot=dot,
        hue=1 if heat is None else hue(heat),
        value=value,
        here=-1 if heat is None else _level_place(chart, heat),
        span=_span(frame, chart),
        span_label=_span_label(frame, chart, layout),
        wedge=wedge(
            x=layout.right + 5, width=7, top=layout.top, bottom=layout.bottom,
            alarming_end=chart.scale.alarming_end,
        ),
        says=_says(chart, line),
    )  # fmt: skip


def _fitted(layout: Layout, chart: HeatChart) -> Layout:
    """Move the plot's right edge and the level names to the left where the names need the room."""
    longest = max(len(level.name) for level in chart.scale.levels) * _LEVEL_CHARACTER
    room = (layout.concerns or layout.width) - layout.words
    missing = max(0, math.ceil(longest - room))
    return replace(layout, right=layout.right - missing, words=layout.words - missing)


def _before(chart: HeatChart) -> Trace:
    """Return the reconstructed line up to where the published one begins."""
    if not len(chart.published):
        return chart.reconstructed
    keep = chart.reconstructed.at < chart.published.at[0]
    line = chart.reconstructed
    return Trace(at=line.at[keep], heat=line.heat[keep], low=line.low[keep], high=line.high[keep])


def _restated(frame: Frame, chart: HeatChart) -> str:
    if chart.restated is None:
        return ""
    line = chart.restated.within(chart.start, chart.end)
    return stepped(frame.x(line.at), frame.y(line.heat), until=frame.right)


def _until(frame: Frame, published: Trace) -> float:
    return frame.x1(int(published.at[0])) if len(published) else frame.right


def _edges(chart: HeatChart) -> list[int]:
    return [0, *(round(level.high) for level in chart.scale.levels)]


def _flags(chart: HeatChart, frame: Frame, layout: Layout) -> list[PlacedFlag]:
    if not layout.is_phone:
        return place(chart.flags, frame, right=layout.width)
    inside = [flag for flag in chart.flags if frame.start <= flag.at <= frame.end]
    xs = [frame.x1(flag.at) for flag in inside]
    rows = [0] * len(xs)
    for number_, x in enumerate(xs):
        if number_ and x - xs[number_ - 1] < 18 and rows[number_ - 1] == 0:  # noqa: PLR2004 - two circles
            rows[number_] = 1
    return [
        PlacedFlag(x=x, row=row, label=flag.label, when=flag.when, left=x - 8, right=x + 8, is_leftward=False)
        for flag, x, row in zip(inside, xs, rows, strict=True)
    ]


def _stretch(frame: Frame, stretch: tuple[int, int]) -> tuple[str, str]:
    left = min(max(frame.x1(stretch[0]), frame.left), frame.right)
    right = min(max(frame.x1(stretch[1]), frame.left), frame.right)
    return r(left), r(right - left)


def _last(frame: Frame, line: Trace) -> tuple[Label | None, tuple[str, str] | None, float | None]:
    """Return the value beside the last known point, the point, and its heat."""
    known = np.flatnonzero(~np.isnan(line.heat))
    if not len(known):
        return None, None, None
    place_ = int(known[-1])
    heat = float(line.heat[place_])
    x = frame.right if place_ == len(line) - 1 else frame.x1(int(line.at[place_ + 1]))
    y = frame.y1(heat)
    came_from = frame.y1(float(np.mean(line.heat[known[-12:]])))
    is_below = came_from <= y and y + 24 < frame.bottom
    label = Label(
        x=r(x - 10), y=r(y + 19 if is_below or y - 14 < frame.top else y - 10), text=number(heat, 1)
    )
    return label, (r(x), r(y)), heat


def _labels(frame: Frame, line: Trace, old: Trace, published: Trace) -> list[Label]:
    """Name each line once, near where it is alone and flat."""
    found: list[Label] = []
    taken: list[float] = []
    if len(published) and frame.right - _until(frame, published) > 120:  # noqa: PLR2004 - room for the word
        part = line.within(int(published.at[0]), frame.end)
        found += _beside(frame, part, capital(say("published")), taken, kind="t-b", is_above=True)
    if len(old) and _until(frame, published) - frame.left > 140:  # noqa: PLR2004
        part = line.within(frame.start, int(published.at[0]) if len(published) else frame.end)
        found += _beside(frame, part, capital(say("reconstructed")), taken, kind="ink", is_above=True)
    if bool(np.any(line.high - line.low > 3)):  # noqa: PLR2004 - a band one can see
        text = say("Band: all inputs at their low or high")
        found += _beside(frame, line, text, taken, kind="ink3", is_above=False)
    return found


def _beside(
    frame: Frame, part: Trace, text: str, taken: list[float], *, kind: str, is_above: bool
) -> list[Label]:
    """Put words over (or under) the flattest stretch of a line, away from words already there."""
    width = len(text) * _CHARACTER
    x = frame.x(part.at)
    if not len(x):
        return []
    first, last = float(x[0]) + 8, frame.right - width - 70
    spots = [first + (last - first) * step / 12 for step in range(13)] if last > first else []
    best = min(
        (spot for spot in spots if all(abs(spot - other) > 60 for other in taken)),  # noqa: PLR2004
        key=lambda spot: _unrest(frame, part, x, spot, width),
        default=None,
    )
    if best is None or _unrest(frame, part, x, best, width) >= frame.bottom:
        return []
    y = _clear(frame, part, x, best, width, is_above=is_above)
    if not frame.top + 10 < y < frame.bottom - 4:
        return []
    taken.append(best)
    return [Label(x=r(best), y=r(y), text=text, kind=kind)]


def _window(x: Floats, left: float, width: float) -> slice:
    first = max(int(np.searchsorted(x, left, side="right")) - 1, 0)
    return slice(first, max(int(np.searchsorted(x, left + width)), first + 1))


def _unrest(frame: Frame, part: Trace, x: Floats, left: float, width: float) -> float:
    heat = part.heat[_window(x, left, width)]
    if np.isnan(heat).any():
        return frame.bottom
    return float(np.ptp(heat))


def _clear(frame: Frame, part: Trace, x: Floats, left: float, width: float, *, is_above: bool) -> float:
    window = _window(x, left, width)
    if is_above:
        return frame.y1(float(np.nanmax(part.high[window], initial=np.nanmax(part.heat[window])))) - 7
    return frame.y1(float(np.nanmin(part.low[window], initial=np.nanmin(part.heat[window])))) + 14


def _level_place(chart: HeatChart, heat: float) -> int:
    return chart.scale.levels.index(chart.scale.level_for(heat))


def _span(frame: Frame, chart: HeatChart) -> tuple[str, str, str] | None:
    if chart.span is None:
        return None
    left, right = (min(max(frame.x1(at), frame.left), frame.right) for at in chart.span)
    return r(left), r(right), r(right - left)


def _span_label(frame: Frame, chart: HeatChart, layout: Layout) -> Label | None:
    if chart.span is None or chart.span_delta is None:
        return None
    left, right = (min(max(frame.x1(at), frame.left), frame.right) for at in chart.span)
    long = say("{change} in the span", change=signed(chart.span_delta))
    text = (
        long
        if not layout.is_phone and right - left > len(long) * _CHARACTER + 20
        else signed(chart.span_delta)
    )
    if right - left < len(text) * _CHARACTER + 20:
        return Label(x=r(left - 8), y=r(frame.top + 17), text=text, kind="end")
    return Label(x=r((left + right) / 2), y=r(frame.top + 17), text=text, kind="mid")


def _says(chart: HeatChart, line: Trace) -> str:
    """The chart as one sentence: from, to, lowest, highest, levels entered."""
    start, end = day(moment(chart.start)), day(moment(chart.end))
    heat = line.heat[~np.isnan(line.heat)]
    if not len(heat):
        return say(
            "Heat of {name} from {start} to {end}: no values yet.", name=chart.name, start=start, end=end
        )
    told = say(
        "Heat of {name} from {start} to {end}: from {first} to {last}, lowest {lowest}, highest {highest}.",
        name=chart.name, start=start, end=end, first=number(float(heat[0])), last=number(float(heat[-1])),
        lowest=number(float(heat.min())), highest=number(float(heat.max())),
    )  # fmt: skip
    entered = [
        say("Entered {level} on {day}.", level=say(each.level), day=day(moment(each.at)))
        for each in chart.entered
        if each.at > chart.start
    ]
    return " ".join([told, *entered[-3:]])
