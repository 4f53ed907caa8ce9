"""The ledger as a waterfall: from a dot to a dot, floating bars between, solid worse and hollow easing."""

from dataclasses import dataclass

from monitor.domain.chart import LedgerChart, LedgerLine, hue, worsens
from monitor.domain.scale import FULL
from monitor.render.svg import r

WIDTH = 156
_PAD, _STEP = 6.0, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One line of the ledger with its bar; `link` drops from the line above to where the bar begins."""

    line: LedgerLine
    x: str
    width: str
    link: str
    is_worse: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterfallDrawing:
    """A waterfall ready to be written."""

    grid: tuple[str, ...]
    start: tuple[str, int] | None
    end: tuple[str, int] | None
    bars: tuple[Bar, ...]


def waterfall(chart: LedgerChart) -> WaterfallDrawing:
    """Draw the ledger."""
    places = _places(chart)
    reach = [place for pair in places for place in pair] + [_start(chart), _start(chart) + chart.delta]
    low, high = min(reach), max(reach)
    room = max(high - low, 2.0)

    def x(heat: float) -> float:
        return _PAD + (heat - low) / room * (WIDTH - 2 * _PAD)

    return WaterfallDrawing(
        grid=tuple(r(x(edge)) for edge in range(0, int(FULL) + 1, _STEP) if low <= edge <= high),
        start=None if chart.start_heat is None else (r(x(chart.start_heat)), hue(chart.start_heat)),
        end=None if chart.end_heat is None else (r(x(chart.end_heat)), hue(chart.end_heat)),
        bars=tuple(
            Bar(
                line=line,
                x=r(min(x(start), x(end))),
                width=r(max(abs(x(end) - x(start)), 1.0)),
                link=r(x(start)),
                is_worse=worsens(line.delta, chart.alarming_end),
            )
            for line, (start, end) in zip(chart.lines, places, strict=True)
        ),
    )


def _start(chart: LedgerChart) -> float:
    """Where the bars begin; without a heat then, where they must to end at the heat of now."""
    if chart.start_heat is not None:
        return chart.start_heat
    return (chart.end_heat or 0.0) - chart.delta


def _places(chart: LedgerChart) -> list[tuple[float, float]]:
    """Return where each bar starts and ends: bars of one depth in a row, their parts beginning with them."""
    found: list[tuple[float, float]] = []
    reached = [_start(chart)]
    for line in chart.lines:
        start = reached[line.depth]
        found.append((start, start + line.delta))
        reached[line.depth :] = [start + line.delta, start]
    return found
