"""Readings as columns: many at once, without an object for each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from monitor.domain.clock import epoch, moment
from monitor.domain.missing import number_or_none
from monitor.domain.observation import Reading
from monitor.domain.series import Bools, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingColumns:
    """Readings as arrays of one length, in the order in which they were given.

    Times are epoch seconds, periods half-open; `value` NaN withdraws its period, `low` and `high` are NaN
    where not given. `series_index` counts in `series`, and so for grades, citations and notes.
    """

    series: tuple[str, ...]
    series_index: Ints
    period_start: Ints
    period_end: Ints
    known_at: Ints
    value: Floats
    low: Floats
    high: Floats
    source_revision: Ints
    is_reconstructed: Bools
    grades: tuple[str, ...] = ("",)
    grade_index: Ints
    citations: tuple[str, ...] = ("",)
    citation_index: Ints
    notes: tuple[str, ...] = ("",)
    note_index: Ints

    def __len__(self) -> int:
        """Count the readings."""
        return len(self.value)

    def rows(self, keep: Bools | Ints) -> "ReadingColumns":
        """Return the readings of a mask or index array, in order."""
        if isinstance(keep, np.ndarray) and keep.dtype == np.bool_ and keep.all():
            return self
        arrays = {name: getattr(self, name)[keep] for name in _ARRAYS}
        return replace(self, **arrays)

    def readings(self, at: Iterable[int]) -> Iterator[Reading]:
        """Yield some of the readings by themselves."""
        for number in at:
            yield Reading(
                series=self.series[self.series_index[number]],
                period_start=moment(self.period_start[number]),
                period_end=moment(self.period_end[number]),
                known_at=moment(self.known_at[number]),
                value=number_or_none(self.value[number]),
                low=number_or_none(self.low[number]),
                high=number_or_none(self.high[number]),
                source_revision=int(self.source_revision[number]),
                is_reconstructed=bool(self.is_reconstructed[number]),
                grade=self.grades[self.grade_index[number]],
                citation=self.citations[self.citation_index[number]],
                note=self.notes[self.note_index[number]],
            )


_ARRAYS = (
    "series_index", "period_start", "period_end", "known_at", "value", "low", "high", "source_revision",
    "is_reconstructed", "grade_index", "citation_index", "note_index",
)  # fmt: skip
_INDEXED = {
    "series": "series_index", "grades": "grade_index", "citations": "citation_index", "notes": "note_index",
}  # fmt: skip
_MOST_CODES = 1 << 62


def joined(first: ReadingColumns, second: ReadingColumns) -> ReadingColumns:
    """Return the readings of both, those of `first` first."""
    if not len(second):
        return first
    both: dict[str, Any] = {
        name: np.concatenate([getattr(first, name), getattr(second, name)]) for name in _ARRAYS
    }
    for name, index in _INDEXED.items():
        both[name] = getattr(first, name) + getattr(second, name)
        both[index][len(first) :] += len(getattr(first, name))
    return replace(first, **both)


def columns_of(readings: Sequence[Reading]) -> ReadingColumns:
    """Return readings as columns."""
    series, series_index = _numbered([reading.series for reading in readings])
    grades, grade_index = _numbered([reading.grade for reading in readings])
    citations, citation_index = _numbered([reading.citation for reading in readings])
    notes, note_index = _numbered([reading.note for reading in readings])
    return ReadingColumns(
        series=series, series_index=series_index, grades=grades, grade_index=grade_index,
        citations=citations, citation_index=citation_index, notes=notes, note_index=note_index,
        period_start=_whole([epoch(reading.period_start) for reading in readings]),
        period_end=_whole([epoch(reading.period_end) for reading in readings]),
        known_at=_whole([epoch(reading.known_at) for reading in readings]),
        value=_real([reading.value for reading in readings]),
        low=_real([reading.low for reading in readings]),
        high=_real([reading.high for reading in readings]),
        source_revision=_whole([reading.source_revision for reading in readings]),
        is_reconstructed=np.array([reading.is_reconstructed for reading in readings], dtype=np.bool_),
    )  # fmt: skip


def _numbered(texts: Sequence[str]) -> tuple[tuple[str, ...], Ints]:
    found: dict[str, int] = {}
    numbers = _whole([found.setdefault(text, len(found)) for text in texts])
    return tuple(found), numbers


def _whole(numbers: Sequence[int]) -> Ints:
    return np.array(numbers, dtype=np.int64)


def _real(numbers: Sequence[float | None]) -> Floats:
    return np.array(numbers, dtype=np.float64)


def ordered(*keys: Ints) -> tuple[Ints, Bools]:
    """Return the stable order of rows by some keys, the first counting most; and which repeat the one before.

    The keys are packed into one number where they fit: rows that stand in order already are then only
    looked at, others sorted once.
    """
    code, most = np.zeros(len(keys[0]), dtype=np.int64), 1
    for key in keys if len(code) else ():
        low = int(key.min())
        width = int(key.max()) - low + 1
        most *= width
        if most >= _MOST_CODES:
            return _ordered_by_each(keys)
        if width > 1:
            code = code * width + (key - low)
    steps = np.diff(code)
    order = np.arange(len(code))
    if (steps < 0).any():
        order = np.argsort(code, kind="stable")
        steps = np.diff(code[order])
    return order, np.append(np.zeros(min(len(code), 1), dtype=np.bool_), steps == 0)


def _ordered_by_each(keys: Sequence[Ints]) -> tuple[Ints, Bools]:
    order = np.lexsort(keys[::-1])
    repeats = np.ones(len(order), dtype=np.bool_)
    repeats[:1] = False
    for key in keys:
        repeats[1:] &= np.diff(key[order]) == 0
    return order, repeats
