"""The strip of counts by period: bars from 0, the part where people died darker; each a link to its days."""

from dataclasses import dataclass

from monitor.domain.incident_picture import Bar, Grain, PeriodStrip
from monitor.domain.spoken import number
from monitor.domain.wording import msgid, say, say_many, tongue
from monitor.render.svg import r

_HEIGHT, _TOP, _BOTTOM, _LEFT, _LETTERS = 92, 14.0, 74.0, 2.0, 7.0
STRIP_WIDE, STRIP_PHONE = 920, 358

_BY = {
    Grain.DAY: msgid("{incidents} by day"),
    Grain.WEEK: msgid("{incidents} by week"),
    Grain.MONTH: msgid("{incidents} by month"),
    Grain.YEAR: msgid("{incidents} by year"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BarDrawing:
    """A bar, the column around it that takes the pointer, and what it says."""

    bar: Bar
    x: str
    width: str
    y: str
    height: str
    column_x: str
    column_width: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StripDrawing:
    """A strip ready to be written; `labels` are (x, text) below it, `most` is its scale's end."""

    width: int
    height: int
    base: str
    top: str
    most: str
    bars: tuple[BarDrawing, ...]
    labels: tuple[tuple[str, str], ...]
    says: str


def period_bars(strip: PeriodStrip, width: int) -> StripDrawing:
    """Draw the bars of a strip, as wide as asked for."""
    a_bar = (width - 2 * _LEFT) / max(1, len(strip.bars))
    most = max((bar.incidents for bar in strip.bars), default=0)
    total = sum(bar.incidents for bar in strip.bars)
    busiest = max(strip.bars, key=lambda bar: bar.incidents, default=None)
    says = say(_BY[strip.grain], incidents=say_many("{n} incident", "{n} incidents", total))
    if busiest is not None and most:
        says += say("; most, {n}, in {period}", n=number(most), period=strip.name_of(busiest))
    return StripDrawing(
        width=width, height=_HEIGHT, base=r(_BOTTOM), top=r(_TOP), most=number(most),
        bars=tuple(_bar(strip, place, bar, a_bar, most) for place, bar in enumerate(strip.bars)),
        labels=tuple(_labels(strip, a_bar, width)), says=f"{says}.",
    )  # fmt: skip


def _bar(strip: PeriodStrip, place: int, bar: Bar, a_bar: float, most: int) -> BarDrawing:
    x = _LEFT + place * a_bar
    gap = min(2.0, a_bar * 0.25)
    height = (_BOTTOM - _TOP) * bar.incidents / most if most else 0.0
    height = max(height, 1.0) if bar.incidents else 0.0
    killed = say_many("{n} killed", "{n} killed", bar.killed)
    incidents = say_many("{n} incident", "{n} incidents", bar.incidents)
    told = f"{incidents}, {killed}" if bar.killed else incidents
    return BarDrawing(
        bar=bar, x=r(x + gap / 2), width=r(max(0.5, a_bar - gap)), y=r(_BOTTOM - height), height=r(height),
        column_x=r(x), column_width=r(a_bar),
        says=say("{name}: {value}", name=strip.name_of(bar), value=told),
    )  # fmt: skip


def _labels(strip: PeriodStrip, a_bar: float, width: int) -> list[tuple[str, str]]:
    """Return labels where a month or a year begins, as many as have room."""
    found: list[tuple[float, str]] = []
    for place, bar in enumerate(strip.bars):
        x, text = _LEFT + place * a_bar, _label(strip, place, bar)
        is_free = not found or x >= found[-1][0] + _LETTERS * len(found[-1][1]) + 6
        if text and is_free and x + _LETTERS * len(text) <= width:
            found.append((x, text))
    return [(r(x), text) for x, text in found]


def _label(strip: PeriodStrip, place: int, bar: Bar) -> str:
    before = strip.bars[place - 1].first if place else None
    if strip.grain is Grain.YEAR:
        return str(bar.first.year)
    if strip.grain is Grain.MONTH:
        return str(bar.first.year) if before is None or before.year != bar.first.year else ""
    if before is not None and before.month == bar.first.month:
        return ""
    year = f" {bar.first.year}" if before is None or before.year != bar.first.year else ""
    return f"{tongue().months[bar.first.month - 1]}{year}"
