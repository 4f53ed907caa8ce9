"""Observations as columns: from the rows, or from the packed series and the rows that came after.

A packed series (`packed_series`) holds again what the rows up to its `last_seq` say; rows are only ever
added, so it can lack the newest but never be wrong. `unpacked` says which series have newer rows, and from
which period on, so that they are found by a short range read.
"""

from collections.abc import Collection, Sequence
from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import BindParameter, and_, bindparam, select
from sqlalchemy.orm import Session

from monitor.domain.grade import grade_factor
from monitor.domain.series import Columns, Floats
from monitor.storage.batches import in_batches
from monitor.storage.bulk import fetch_tuples
from monitor.storage.engine import ONE_SNAPSHOT
from monitor.storage.packing import FORMAT, unpack
from monitor.storage.rows.observations import PackedSeriesRow, UnpackedRow
from monitor.storage.rows.observed import ObservedRow

_GRADES = {letter + digit: grade_factor(letter + digit) for letter in "ABCDE" for digit in "12345"}
_COLUMNS = (
    ObservedRow.series_id,
    ObservedRow.period_start,
    ObservedRow.period_end,
    ObservedRow.known_at,
    ObservedRow.source_revision,
    ObservedRow.seq,
    ObservedRow.value,
    ObservedRow.low,
    ObservedRow.high,
    ObservedRow.grade,
    ObservedRow.is_confirmed,
)
_INTEGERS = 6
_PARTS = tuple(field.name for field in fields(Columns))


def read_stored(session: Session, numbers: Collection[int], max_seq: int | None = None) -> dict[int, Columns]:
    """Return all rows of each numbered series in commit order, up to `max_seq`; none without rows.

    The newer rows are read before the packed ones: what another process packs meanwhile is then seen twice
    and taken once, never missed.
    """
    found: dict[int, Columns] = {}
    for part in in_batches(numbers):
        newer, packed = _both(session, part)
        found |= {number: _joined(columns, newer.get(number)) for number, columns in packed.items()}
        found |= read_rows(session, [number for number in part if number not in packed])
    if max_seq is None:
        return found
    cut = {number: _up_to(columns, max_seq) for number, columns in found.items()}
    return {number: columns for number, columns in cut.items() if len(columns)}


def _both(session: Session, numbers: Collection[int]) -> tuple[dict[int, Columns], dict[int, Columns]]:
    """Return the newer rows and the packed; on one snapshot they are asked for where there is anything."""
    if session.info.get(ONE_SNAPSHOT):
        packed = _packed(session, numbers)
        return _split(fetch_tuples(session, _newer(), {"numbers": [*packed]})) if packed else {}, packed
    newer = _split(fetch_tuples(session, _newer(), {"numbers": [*numbers]}))
    return newer, _packed(session, numbers)


def read_rows(session: Session, numbers: Collection[int]) -> dict[int, Columns]:
    """Return the same from the rows alone, on the driver's own cursor: row objects take twice as long."""
    rows: list[Any] = []
    for part in in_batches(numbers):
        rows += fetch_tuples(session, _rows(), {"numbers": part})
    return _split(rows)


# These statements are made once: making one anew takes longer than asking it.


@cache
def _rows() -> Any:
    return select(*_COLUMNS).where(ObservedRow.series_id.in_(_numbers()))


@cache
def _newer() -> Any:
    """Return a select of the rows of packed series that are not packed yet."""
    row = ObservedRow
    return (
        select(*_COLUMNS)
        .select_from(UnpackedRow)
        .join(PackedSeriesRow, PackedSeriesRow.series_id == UnpackedRow.series_id)
        .join(
            row,
            and_(
                row.series_id == UnpackedRow.series_id,
                row.period_start >= UnpackedRow.period_start,
                row.seq > PackedSeriesRow.last_seq,
            ),
        )
        .where(UnpackedRow.series_id.in_(_numbers()))
    )


@cache
def _bodies() -> Any:
    row = PackedSeriesRow
    query = select(row.series_id, row.count, row.body)
    return query.where(row.series_id.in_(_numbers()), row.format == FORMAT)


def _numbers() -> BindParameter[Any]:
    return bindparam("numbers", expanding=True)


def _packed(session: Session, numbers: Collection[int]) -> dict[int, Columns]:
    rows = fetch_tuples(session, _bodies(), {"numbers": [*numbers]})
    return {number: unpack(bytes(body), count) for number, count, body in rows}


def _joined(packed: Columns, newer: Columns | None) -> Columns:
    if newer is None:
        return packed
    more = newer.rows(newer.seq > packed.seq[-1])
    return Columns(**{name: np.concatenate([getattr(packed, name), getattr(more, name)]) for name in _PARTS})


def _up_to(columns: Columns, max_seq: int) -> Columns:
    if len(columns) and columns.seq[-1] <= max_seq:
        return columns
    return columns.rows(columns.seq <= max_seq)


def _split(rows: Sequence[Any]) -> dict[int, Columns]:
    """Sort rows into one set of columns a series, each in commit order."""
    if not rows:
        return {}
    taken = list(zip(*rows, strict=True))
    whole = [np.array(part, dtype=np.int64) for part in taken[:_INTEGERS]]
    numbers, start, end, known, revision, seq = whole
    value, low, high = (np.array(part, dtype=np.float64) for part in taken[_INTEGERS:-2])
    everything = Columns(
        period_start=start, period_end=end, known_at=known, source_revision=revision, seq=seq,
        value=value, low=low, high=high, grade=_factors(taken[-2]),
        confirmed=np.array(taken[-1], dtype=np.bool_),
    )  # fmt: skip
    order = np.lexsort((seq, numbers))
    found, firsts = np.unique(numbers[order], return_index=True)
    parts = np.split(order, firsts[1:])
    return {int(number): everything.rows(part) for number, part in zip(found, parts, strict=True)}


def _factors(grades: Sequence[str]) -> Floats:
    """Return grades as factors, NaN where there is none (or F, 6: reliability cannot be judged)."""
    return np.array([_GRADES.get(grade, np.nan) for grade in grades], dtype=np.float64)
