"""A stretch of a heat line, and the span of it that is chosen: what two handles are moved on."""

from dataclasses import dataclass
from datetime import date

from monitor.domain.chart import Trace
from monitor.domain.scale import Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanStrip:
    """Heat from the end of one day to that of another, and the days whose ends are chosen between them."""

    scale: Scale
    line: Trace
    blind: tuple[tuple[int, int], ...]
    first: date
    last: date
    start: date
    end: date
