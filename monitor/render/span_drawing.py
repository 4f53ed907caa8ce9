"""The strip on which a span is chosen: a heat line on its washes, and the span on it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from monitor.domain.clock import epoch
from monitor.domain.span_strip import SpanStrip
from monitor.render.sparkline import Band, bands
from monitor.render.svg import Frame, r, stepped

_WIDTH, _HEIGHT = 1000.0, 72.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanDrawing:
    """A strip ready to be written; `days` are as many as the handles may move, counted from `first`."""

    bands: tuple[Band, ...]
    line: str
    blind: tuple[tuple[str, str], ...]
    x: str
    width: str
    days: int
    start: int
    end: int
    first: date
    last: date


def span_drawing(strip: SpanStrip) -> SpanDrawing:
    """Draw a strip."""
    frame = Frame(
        left=0.0, right=_WIDTH, top=0.0, bottom=_HEIGHT, start=_end_of(strip.first), end=_end_of(strip.last)
    )
    line = strip.line.within(frame.start, frame.end)
    left, right = frame.x1(_end_of(strip.start)), frame.x1(_end_of(strip.end))
    return SpanDrawing(
        bands=bands(strip.scale, frame),
        line=stepped(frame.x(line.at), frame.y(line.heat), until=frame.right),
        blind=tuple(_stretch(frame, each) for each in strip.blind if each[1] > frame.start),
        x=r(left),
        width=r(right - left),
        days=(strip.last - strip.first).days,
        start=(strip.start - strip.first).days,
        end=(strip.end - strip.first).days,
        first=strip.first,
        last=strip.last,
    )


def _stretch(frame: Frame, stretch: tuple[int, int]) -> tuple[str, str]:
    left = max(frame.left, frame.x1(stretch[0]))
    return r(left), r(min(frame.right, frame.x1(stretch[1])) - left)


def _end_of(day: date) -> int:
    return epoch(datetime.combine(day, time(), UTC) + timedelta(days=1))
