"""The strip under a map's slider: a bar for each month there is anything of, none where there is not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitor.render.svg import r

HEIGHT = 22.0
_LEAST = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthBar:
    """A month's bar; `x` counts months."""

    x: int
    y: str
    height: str
    is_shown: bool


def month_bars(months: Sequence[tuple[date, int]], shown: date) -> tuple[MonthBar, ...]:
    """Return the bars of those months that have anything, from 0."""
    most = max((number for _, number in months), default=0)
    found = []
    for place, (month, number) in enumerate(months):
        if number:
            height = max(_LEAST, number / most * HEIGHT)
            found.append(MonthBar(x=place, y=r(HEIGHT - height), height=r(height), is_shown=month == shown))
    return tuple(found)
