"""Stacked reading: series on one grid of periods are scored together, as the rows of a matrix.

Only what the single path would do with the same bits is done here: series whose rows each extend the one
before (no revision, no withdrawal, no older period come late), at moments where nothing is provisional,
without transforms and bounds, through a line. All else is left to the single path.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.grade import UNGRADED_FACTOR
from monitor.domain.indicator import Indicator
from monitor.domain.normalisations.normalise import Curve
from monitor.domain.normalisations.ramps import climb, matrix_of
from monitor.domain.scoring.coverage import freshness, is_ungraded
from monitor.domain.scoring.model import Placed
from monitor.domain.scoring.view import is_plain
from monitor.domain.series import Bools, Columns, Floats, Ints, Looked

Cells = dict[str, Floats | Bools | Ints]
Array = TypeVar("Array", Floats, Ints)
_TIMES = ("period_start", "period_end", "known_at", "oldest_end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Rows of the table of placements x moments: `cells` by name, rows x moments; never write to them."""

    rows: Ints
    moments: Ints
    cells: Cells

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and moments it has."""
        return len(self.rows), len(self.moments)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One placement that may be stacked."""

    row: int
    placed: Placed
    columns: Columns
    curve: Curve


@dataclass(slots=True, kw_only=True)
class Alike:
    """Numbers arrays by what they hold, so that equal ones are told by a number; looks at each array once."""

    by_id: dict[int, int] = field(default_factory=dict)
    by_content: dict[bytes, int] = field(default_factory=dict)
    held: list[Floats | Bools | Ints] = field(default_factory=list)

    def number(self, array: Floats | Bools | Ints) -> int:
        """Return the number of the array's contents."""
        found = self.by_id.get(id(array))
        if found is None:
            # Held, so that no other array can take its place in memory.
            self.held.append(array)
            found = self.by_content.setdefault(array.tobytes(), len(self.by_content))
            self.by_id[id(array)] = found
        return found


def stack(
    placements: Sequence[Placed], columns: Mapping[str, Columns], *, at: Ints, known: Ints
) -> Iterator[Block]:
    """Yield the blocks of those placements that can be read together; each is in one block at most."""
    alike, groups = Alike(), dict[tuple[object, ...], list[_Line]]()
    blank = _Blank(alike)
    for row, placed in enumerate(placements):
        own = columns.get(placed.placement.series)
        if own is None or not len(own) or placed.indicator.transforms:
            continue
        if not (own.is_bare if isinstance(own, Looked) else blank.is_blank(own)):
            continue
        curve = placed.curve
        if curve is None or curve.ramps is None:
            continue
        indicator = placed.indicator
        key = (
            own.grid
            if isinstance(own, Looked)
            else tuple(alike.number(getattr(own, name)) for name in _TIMES),
            len(curve.ramps.origins),
            indicator.settles_after_days,
            indicator.fresh_for_days,
            indicator.expires_after_days,
        )
        groups.setdefault(key, []).append(_Line(row=row, placed=placed, columns=own, curve=curve))
    for lines in groups.values():
        block = _block(lines, at, known)
        if block is not None:
            yield block


def is_same(first: Floats | Bools | Ints, second: Floats | Bools | Ints) -> bool:
    """Whether two tables hold the same numbers, NaN being like NaN."""
    return first is second or np.array_equal(first, second, equal_nan=True)


class _Blank:
    """Finds series without bounds, confirmations and imputed values, looking at each array once."""

    def __init__(self, alike: Alike) -> None:
        self._alike = alike
        self._known: dict[tuple[int, str], bool] = {}

    def is_blank(self, columns: Columns) -> bool:
        """Whether nothing but values is given."""
        bounds = all(self._is(array, "nan") for array in (columns.low, columns.high))
        return bounds and not any(self._is(array, "any") for array in (columns.confirmed, columns.imputed))

    def _is(self, array: Floats | Bools, what: str) -> bool:
        key = (id(array), what)
        found = self._known.get(key)
        if found is None:
            self._alike.held.append(array)
            found = bool(np.isnan(array).all() if what == "nan" else array.any())
            self._known[key] = found
        return found


def _block(lines: Sequence[_Line], at: Ints, known: Ints) -> Block | None:
    first, indicator = lines[0].columns, lines[0].placed.indicator
    if not is_plain(first):
        return None
    latest = _latest(first, at, known)
    if _is_provisional(indicator, first, latest, at):
        return None
    moments = np.flatnonzero(latest >= 0)
    if not len(moments) and len(at):
        # Nothing was known yet: nothing is said of these rows.
        return Block(rows=np.array([line.row for line in lines]), moments=moments, cells={})
    used = latest[moments]
    # As many columns as rows in use, whatever the number of moments.
    rows, where = _few(used)
    values = _taken([line.columns.value for line in lines], rows)
    there: Bools = np.asarray(~np.isnan(values).any(axis=1))
    lines, values = [line for line, is_there in zip(lines, there, strict=True) if is_there], values[there]
    if not lines:
        return None
    cells = _pressures(lines, values) | _grades(lines, rows)
    cells["seq"] = _taken([line.columns.seq for line in lines], rows)
    cells = {name: array if where is None else array[:, where] for name, array in cells.items()}
    cells |= _times(first, used, len(lines))
    fresh = freshness(indicator, at=at[moments], period_end=first.oldest_end[used])
    cells["freshness"] = np.broadcast_to(fresh, (len(lines), len(used)))
    cells |= _flags(len(lines), len(used))
    return Block(rows=np.array([line.row for line in lines]), moments=moments, cells=cells)


def _latest(columns: Columns, at: Ints, known: Ints) -> Ints:
    by_knowledge = np.searchsorted(columns.known_at, known, side="right")
    by_start = np.searchsorted(columns.period_start, at, side="right")
    return np.minimum(by_knowledge, by_start) - 1


def _is_provisional(indicator: Indicator, columns: Columns, latest: Ints, at: Ints) -> bool:
    """Whether any moment sees a row that has not settled, or whose period has not ended."""
    settles = np.maximum.accumulate(columns.period_end) + indicator.settles_after_days * DAY_SECONDS
    return bool(((latest >= 0) & (at < settles[latest])).any())


def _few(used: Ints) -> tuple[Ints | slice, Ints | None]:
    """Return the rows in use, and for each moment its place among them; a run of rows is a slice."""
    if not len(used):
        return slice(0, 0), None
    first, last = int(used.min()), int(used.max())
    span = slice(first, last + 1)
    if last - first + 1 == len(used) and (np.diff(used) == 1).all():
        return span, None
    if last - first < len(used):
        return span, used - first
    return used, None


def _taken(arrays: Sequence[Array], rows: Ints | slice) -> Array:
    """Return some rows of each array under one another; one array that all share is not copied."""
    if all(array is arrays[0] for array in arrays):
        return np.broadcast_to(arrays[0][rows], (len(arrays), len(arrays[0][rows])))
    return np.stack([array[rows] for array in arrays])


def _pressures(lines: Sequence[_Line], values: Floats) -> Cells:
    ramps = [line.curve.ramps for line in lines if line.curve.ramps is not None]
    ends = np.array([line.curve.ends for line in lines], dtype=np.float64)
    pressure = climb(matrix_of(ramps), values)
    beyond = (values < ends[:, :1]) | (values > ends[:, 1:])
    same = dict.fromkeys(("pressure", "pressure_low", "pressure_high"), pressure)
    return {**dict.fromkeys(("value", "raw", "low", "high"), values), **same, "saturated": beyond}


def _grades(lines: Sequence[_Line], rows: Ints | slice) -> Cells:
    grade = _taken([line.columns.grade for line in lines], rows)
    # One row stands for all where they share it.
    own = grade[:1] if grade.strides[0] == 0 else grade
    cells = {"grade": np.where(np.isnan(own), UNGRADED_FACTOR, own), "ungraded": is_ungraded(own)}
    return {name: np.broadcast_to(array, grade.shape) for name, array in cells.items()}


def _times(columns: Columns, used: Ints, count: int) -> Cells:
    names = {"period_start": "period_start", "period_end": "period_end", "newest_end": "period_end",
             "known_at": "known_at"}  # fmt: skip
    return {
        name: np.broadcast_to(getattr(columns, source)[used], (count, len(used)))
        for name, source in names.items()
    }


def _flags(count: int, moments: int) -> Cells:
    shape = (count, moments)
    no, yes = (np.broadcast_to(np.bool_(flag), shape) for flag in (False, True))
    return {"observed": yes, "held": no, "provisional": no, "imputed": no}
