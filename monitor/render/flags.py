"""Event flags above a plot: up to three rows, no label over another, no line through a label."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.domain.chart import Flag
from monitor.render.svg import Frame

ROWS = 3
_CHARACTER, _POLE, _GAP = 6.6, 10.0, 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedFlag:
    """A flag with its row and side; `left` and `right` bound pole and label."""

    x: float
    row: int
    label: str
    when: str
    left: float
    right: float
    is_leftward: bool


def place(flags: Iterable[Flag], frame: Frame, *, right: float) -> list[PlacedFlag]:
    """Place flags from the newest to the oldest; what finds no room stays in the list of events only."""
    placed: list[PlacedFlag] = []
    inside = [flag for flag in flags if frame.start <= flag.at <= frame.end]
    for flag in sorted(inside, key=lambda each: -each.at):
        fit = next((spot for spot in _spots(flag, frame, right) if _is_free(spot, placed)), None)
        if fit is not None:
            placed.append(fit)
    return sorted(placed, key=lambda each: each.x)


def _spots(flag: Flag, frame: Frame, right: float) -> Iterator[PlacedFlag]:
    x = frame.x1(flag.at)
    width = _POLE + len(flag.label) * _CHARACTER
    for is_leftward in (False, True):
        start, end = (x - width, x) if is_leftward else (x, x + width)
        if start < 0 or end > right:
            continue
        for row in range(ROWS):
            yield PlacedFlag(
                x=x, row=row, label=flag.label, when=flag.when, left=start, right=end, is_leftward=is_leftward
            )


def _is_free(spot: PlacedFlag, placed: list[PlacedFlag]) -> bool:
    return not any(_clash(spot, other) for other in placed)


def _clash(one: PlacedFlag, other: PlacedFlag) -> bool:
    if one.row == other.row:
        return one.left - _GAP < other.right and other.left - _GAP < one.right
    upper, lower = (one, other) if one.row < other.row else (other, one)
    return lower.left - 3 < upper.x < lower.right
