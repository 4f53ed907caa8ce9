"""Geometry shared by all pictures: rounding, stepped paths, areas, the axis of time, the alarming wedge."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from monitor.domain.clock import moment
from monitor.domain.scale import FULL, AlarmingEnd
from monitor.domain.series import Floats, Ints
from monitor.domain.spoken import day_and_month
from monitor.domain.wording import tongue

_COLUMNS_A_PIXEL = 2


def r(value: float) -> str:
    """One decimal is a tenth of a pixel; trailing zeros go."""
    text = f"{value:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The plot's edges in pixels, heat 0 at the bottom and 100 at the top, time from left to right."""

    left: float
    right: float
    top: float
    bottom: float
    start: int
    end: int

    def x(self, at: Floats | Ints) -> Floats:
        """Pixels of epoch seconds."""
        span = max(1, self.end - self.start)
        return self.left + (np.asarray(at, dtype=np.float64) - self.start) / span * (self.right - self.left)

    def x1(self, at: float) -> float:
        """Pixels of one moment."""
        return float(self.x(np.array([at]))[0])

    def y(self, heat: Floats) -> Floats:
        """Pixels of heat."""
        return self.bottom - np.asarray(heat, dtype=np.float64) / FULL * (self.bottom - self.top)

    def y1(self, heat: float) -> float:
        """Pixels of one heat."""
        return float(self.y(np.array([heat]))[0])


def runs(values: Floats) -> Iterator[slice]:
    """Return the stretches without NaN."""
    there = np.flatnonzero(~np.isnan(values))
    if not len(there):
        return
    for part in np.split(there, np.flatnonzero(np.diff(there) > 1) + 1):
        yield slice(int(part[0]), int(part[-1]) + 1)


def thinned(x: Floats) -> Ints:
    """Mark the points to draw: the last in each half pixel, and the first of all."""
    column = np.floor(x * _COLUMNS_A_PIXEL)
    keep = np.append(column[1:] != column[:-1], True) if len(x) else np.zeros(0, dtype=np.bool_)
    if len(keep):
        keep[0] = True
    return np.flatnonzero(keep)


def stepped(x: Floats, y: Floats, *, until: float) -> str:
    """A path that holds each value until the next arrives, the last until `until`; NaN is a gap."""
    parts = []
    for run in runs(y):
        keep = thinned(x[run])
        xs, ys = x[run][keep], y[run][keep]
        parts.append(f"M{r(xs[0])} {r(ys[0])}")
        parts += _steps(xs, ys)
        ends = x[run.stop] if run.stop < len(x) else until
        parts.append(f"H{r(max(float(ends), float(xs[-1])))}")
    return "".join(parts)


def area(x: Floats, low: Floats, high: Floats, *, until: float) -> str:
    """The stepped band between two lines; NaN is a gap."""
    parts = []
    for run in runs(low + high):
        keep = thinned(x[run])
        xs = x[run][keep]
        ends = max(float(x[run.stop]) if run.stop < len(x) else until, float(xs[-1]))
        top, bottom = _corners(xs, high[run][keep], ends), _corners(xs, low[run][keep], ends)
        parts.append("M" + "L".join(f"{r(a)} {r(b)}" for a, b in [*top, *reversed(bottom)]) + "Z")
    return "".join(parts)


def wedge(*, x: float, width: float, top: float, bottom: float, alarming_end: AlarmingEnd) -> str:
    """The black taper beside a scale, thick at its alarming end."""
    thin = x + width / 9
    if alarming_end is AlarmingEnd.HIGH:
        return f"M{r(x)} {r(bottom)}V{r(top)}H{r(x + width)}L{r(thin)} {r(bottom)}Z"
    return f"M{r(x)} {r(top)}V{r(bottom)}H{r(x + width)}L{r(thin)} {r(top)}Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A label of the time axis, centred in its span, and where the span begins."""

    x: float
    label: str
    edge: float


def ticks(frame: Frame, *, label_width: float) -> list[Tick]:
    """Months while they have room, single letters on a phone, else years; weeks below two months."""
    days = (frame.end - frame.start) / 86_400
    a_month = (frame.right - frame.left) / max(days / 30.4, 1e-9)
    if days <= 62:  # noqa: PLR2004 - two months
        return _week_ticks(frame)
    if a_month >= label_width / 3.2:
        return _month_ticks(frame, is_letter=a_month < label_width / 1.5)
    return _year_ticks(frame)


def _steps(xs: Floats, ys: Floats) -> Iterator[str]:
    for place in range(1, len(xs)):
        if r(ys[place]) != r(ys[place - 1]):
            yield f"H{r(xs[place])}V{r(ys[place])}"


def _corners(xs: Floats, ys: Floats, until: float) -> list[tuple[float, float]]:
    corners = [(float(xs[0]), float(ys[0]))]
    for place in range(1, len(xs)):
        if r(ys[place]) != r(ys[place - 1]):
            corners += [(float(xs[place]), float(ys[place - 1])), (float(xs[place]), float(ys[place]))]
    return [*corners, (until, float(ys[-1]))]


def _month_ticks(frame: Frame, *, is_letter: bool) -> list[Tick]:
    found = []
    for number, (start, end) in enumerate(_spans(frame, _next_month)):
        left, right = _inside(frame, start), _inside(frame, end)
        if right - left < (9 if is_letter else 26):
            continue
        name = tongue().months[start.month - 1]
        has_year = not is_letter and (start.month == 1 or (number == 0 and right - left > 58))  # noqa: PLR2004
        label = name[0].upper() if is_letter else f"{name} {start.year}" if has_year else name
        found.append(Tick(x=(left + right) / 2, label=label, edge=left))
    return found


def _year_ticks(frame: Frame) -> list[Tick]:
    found = []
    for start, end in _spans(frame, lambda day: datetime(day.year + 1, 1, 1, tzinfo=UTC)):
        left, right = _inside(frame, start), _inside(frame, end)
        if right - left >= 26:  # noqa: PLR2004 - a year's label needs as much
            found.append(Tick(x=(left + right) / 2, label=str(start.year), edge=left))
    return found


def _week_ticks(frame: Frame) -> list[Tick]:
    first = frame.start - frame.start % 86_400 + 86_400
    step = 7 * 86_400
    found = []
    for at in range(first, frame.end, step):
        x = frame.x1(at)
        if x + 18 <= frame.right:
            found.append(Tick(x=x + 2, label=day_and_month(moment(at)), edge=x))
    return found


def _spans(frame: Frame, following: Callable[[datetime], datetime]) -> Iterator[tuple[datetime, datetime]]:
    day = moment(frame.start)
    start = datetime(day.year, day.month if following is _next_month else 1, 1, tzinfo=UTC)
    while start.timestamp() < frame.end:
        end = following(start)
        yield start, end
        start = end


def _next_month(day: datetime) -> datetime:
    return datetime(day.year + day.month // 12, day.month % 12 + 1, 1, tzinfo=UTC)


def _inside(frame: Frame, when: datetime) -> float:
    return min(max(frame.x1(when.timestamp()), frame.left), frame.right)
