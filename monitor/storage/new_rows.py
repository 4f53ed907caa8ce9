"""New rows of observations: numbered in a row where they were told alike, and what is alike told once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from monitor.domain.reading_columns import ordered
from monitor.domain.series import Bools, Floats, Ints
from monitor.storage.bulk import write_rows, write_tuples, write_values
from monitor.storage.kept_columns import WRITTEN
from monitor.storage.rows.observations import DetailRow, ProvenanceRow
from monitor.storage.unpacked import note_unpacked

_PROVENANCE: Any = ProvenanceRow.__table__
_DETAIL: Any = DetailRow.__table__
# A run is a row of some 40 bytes.
_FEW_RUNS, _ROWS_A_RUN = 1_000, 50


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRows:
    """Rows to be written, as arrays of one length; `place` says in which order they were told.

    NaN where there is no value, low or high; `citation_id` 0 where there is none; "" where no words are.
    """

    place: Ints

    series_id: Ints
    period_start: Ints
    period_end: Ints
    known_at: Ints
    source_revision: Ints
    value: Floats
    low: Floats
    high: Floats
    grade: npt.NDArray[np.str_]
    citation_id: Ints
    is_reconstructed: Bools
    is_confirmed: Bools
    note: npt.NDArray[np.object_]
    has_detail: Bools

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.value)

    def rows(self, keep: Bools | Ints) -> "NewRows":
        """Return some of the rows."""
        if keep.dtype == np.bool_ and keep.all():
            return self
        return NewRows(**{each.name: getattr(self, each.name)[keep] for each in fields(self)})


def has_detail(low: Floats, high: Floats, has_note: Bools) -> Bools:
    """Return which rows have bounds or words of their own."""
    found: Bools = ~(np.isnan(low) & np.isnan(high)) | has_note
    return found


def new_rows(rows: Sequence[Mapping[str, Any]]) -> NewRows:
    """Return mappings of all columns but `seq` and `batch_id` as rows to be written."""
    names = [each.name for each in fields(NewRows) if each.name not in {"place", "has_detail"}]
    taken: dict[str, Any] = {name: [row[name] for row in rows] for name in names}
    taken["place"] = range(len(rows))
    kinds: dict[str, Any] = dict.fromkeys(("value", "low", "high"), np.float64)
    kinds |= dict.fromkeys(("is_reconstructed", "is_confirmed"), np.bool_)
    kinds |= {"grade": np.str_, "note": np.object_}
    taken["citation_id"] = [number or 0 for number in taken["citation_id"]]
    taken["note"] = [words or "" for words in taken["note"]]
    columns = {name: np.array(cells, dtype=kinds.get(name, np.int64)) for name, cells in taken.items()}
    has_note = np.array([words != "" for words in taken["note"]], dtype=np.bool_)
    return NewRows(**columns, has_detail=has_detail(columns["low"], columns["high"], has_note))


def write_new(session: Session, rows: NewRows, *, first_seq: int, batch_id: int) -> Ints:
    """Write rows that are numbered from `first_seq` on; return the number of each.

    They are numbered as they were told, unless that broke up what was told alike into many runs: then run
    by run. Of one period a row told later has the higher number in any case.
    """
    if not len(rows):
        return np.zeros(0, dtype=np.int64)
    session.info[WRITTEN] = True
    is_absolute = _is_absolute(rows)
    group = _groups(rows, is_absolute)
    order, _ = ordered(rows.place)
    if np.count_nonzero(np.diff(group[order])) > max(_FEW_RUNS, len(rows) // _ROWS_A_RUN):
        order = np.lexsort((rows.place, group, _turns(rows)))
    seq = np.empty(len(rows), dtype=np.int64)
    seq[order] = np.arange(first_seq, first_seq + len(rows))
    firsts = order[np.flatnonzero(np.diff(group[order], prepend=-1))]
    shared = [_provenance(rows, at, batch_id, is_absolute=bool(is_absolute[at])) for at in firsts.tolist()]
    numbered = [
        each | {"first_seq": number} for each, number in zip(shared, seq[firsts].tolist(), strict=True)
    ]
    write_rows(session, _PROVENANCE, numbered)
    _write_details(session, rows, seq)
    write_values(session, rows.series_id, rows.period_start, seq, rows.value)
    note_unpacked(session, rows.series_id, rows.period_start)
    return seq


def _is_absolute(rows: NewRows) -> Bools:
    """Which rows share the moment they were known with more others than the time it took."""
    took = rows.known_at - rows.period_start
    if (took == took[0]).all():
        return np.zeros(len(rows), dtype=np.bool_)
    return _popularity(rows.known_at) > _popularity(took)


def _popularity(numbers: Ints) -> Ints:
    _, inverse, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    found: Ints = counts[inverse]
    return found


def _groups(rows: NewRows, is_absolute: Bools) -> Ints:
    """Number the rows by all that they can share."""
    known = np.where(is_absolute, rows.known_at, rows.known_at - rows.period_start)
    group = np.zeros(len(rows), dtype=np.int64)
    for column in (
        rows.source_revision, rows.grade, rows.citation_id, rows.is_reconstructed, rows.is_confirmed,
        rows.has_detail, rows.period_end - rows.period_start, is_absolute, known,
    ):  # fmt: skip
        if (column != column[0]).any():
            found, inverse = np.unique(column, return_inverse=True)
            _, group = np.unique(group * len(found) + inverse, return_inverse=True)
    return group


def _turns(rows: NewRows) -> Ints:
    """Return of each row how many of the same period come before it."""
    if len(rows) == 1:
        return np.zeros(1, dtype=np.int64)
    columns = (rows.period_end, rows.period_start, rows.series_id)
    order = np.lexsort((rows.place, *columns))
    is_first = np.zeros(len(rows), dtype=np.bool_)
    for column in columns:
        is_first |= np.diff(column[order], prepend=column[order[0]] - 1) != 0
    places = np.arange(len(rows))
    turn = np.empty(len(rows), dtype=np.int64)
    turn[order] = places - np.maximum.accumulate(np.where(is_first, places, 0))
    return turn


def _provenance(rows: NewRows, at: int, batch_id: int, *, is_absolute: bool) -> dict[str, Any]:
    start, known_at = int(rows.period_start[at]), int(rows.known_at[at])
    return {
        "batch_id": batch_id,
        "citation_id": int(rows.citation_id[at]) or None,
        "source_revision": int(rows.source_revision[at]),
        "grade": str(rows.grade[at]),
        "is_reconstructed": bool(rows.is_reconstructed[at]),
        "is_confirmed": bool(rows.is_confirmed[at]),
        "has_detail": bool(rows.has_detail[at]),
        "span_seconds": int(rows.period_end[at]) - start,
        "known_at": known_at if is_absolute else None,
        "known_after": None if is_absolute else known_at - start,
    }


def _write_details(session: Session, rows: NewRows, seq: Ints) -> None:
    chosen = np.flatnonzero(rows.has_detail)
    bounds = (
        [None if np.isnan(number) else number for number in column[chosen].tolist()]
        for column in (rows.low, rows.high)
    )
    notes = [words or None for words in rows.note[chosen].tolist()]
    write_tuples(session, _DETAIL, list(zip(seq[chosen].tolist(), *bounds, notes, strict=True)))
