"""A sudden change of layout: most steady series of a source move by one factor in one answer."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.domain.clock import epoch
from monitor.domain.observation import Reading
from monitor.domain.past import NO_PAST, Past
from monitor.domain.spoken import plain

# A series is steady if its last values, so many of them, lie within this factor of each other.
STEADY_FACTOR = 1.5
_LAST, _FEWEST_VALUES = 8, 4
# So many steady series moving alike are a change of layout whatever the factor; fewer, if it is as round
# as that of one unit for another.
_FEWEST_SERIES = 3
_ROUND = (100.0, 1000.0, 1_000_000.0)
_LARGEST = math.log(1e15)
_ALIKE, _ROUGHLY_ALIKE, _NEARLY_ROUND = math.log(1.15), math.log(2.0), math.log(1.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutChange:
    """Every series that moved by the factor that most steady ones moved by."""

    moved: frozenset[str]
    reason: str

    def holds(self, series: str) -> bool:
        """Whether what was given of a series waits for a person."""
        return series in self.moved


@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    """How far a series moved, as the logarithm of a factor."""

    series: str
    size: float
    is_steady: bool


def find_layout_change(
    told: Mapping[str, Sequence[Reading]], past: Mapping[str, Past]
) -> LayoutChange | None:
    """Find the factor that most steady series of one harvest moved by; None if there is none.

    `told` are the readings by series that say something new. Zeros and changes of sign have no factor.
    """
    moves = [
        move
        for key, readings in told.items()
        if (move := _move(key, readings, past.get(key, NO_PAST))) is not None
    ]
    steady = [move.size for move in moves if move.is_steady]
    if not steady:
        return None
    middle = float(np.median(steady))
    alike = sum(abs(size - middle) <= _ALIKE for size in steady)
    if 2 * alike <= len(steady) or not _is_change(middle, count=alike):
        return None
    moved = frozenset(
        move.series
        for move in moves
        if abs(move.size - middle) <= (_ALIKE if move.is_steady else _ROUGHLY_ALIKE)
    )
    reason = (
        f"{alike} of {len(steady)} steady series were {_told(middle)} at once: "
        "a unit or a column of the source has changed"
    )
    return LayoutChange(moved=moved, reason=reason)


def _is_change(size: float, *, count: int) -> bool:
    if abs(size) < math.log(STEADY_FACTOR):
        return False
    is_round = any(abs(abs(size) - math.log(factor)) <= _NEARLY_ROUND for factor in _ROUND)
    return is_round or count >= _FEWEST_SERIES


def _told(size: float) -> str:
    factor = plain(float(f"{math.exp(min(abs(size), _LARGEST)):.2g}"), 1)
    return f"multiplied by about {factor}" if size > 0 else f"divided by about {factor}"


def _move(key: str, readings: Sequence[Reading], past: Past) -> _Move | None:
    """Return how far a series moved: each reading against its period or the one before, the middle."""
    if not len(past.end):
        return None
    sizes = [size for each in readings if (size := _size(each, past)) is not None]
    if not sizes:
        return None
    return _Move(series=key, size=float(np.median(sizes)), is_steady=_is_steady(past))


def _size(reading: Reading, past: Past) -> float | None:
    before = past.before(epoch(reading.period_end))
    old = past.value_of(reading)
    reference = old if old is not None else before[1] if before else None
    if not reference or not reading.value or not math.isfinite(reading.value):
        return None
    if (reading.value > 0) != (reference > 0):
        return None
    return math.log(abs(reading.value)) - math.log(abs(reference))


def _is_steady(past: Past) -> bool:
    last = past.value[-_LAST:]
    if len(last) < _FEWEST_VALUES or not ((last > 0).all() or (last < 0).all()):
        return False
    sizes = np.abs(last)
    return bool(sizes.max() <= STEADY_FACTOR * sizes.min())
