"""Packed series: the rows of long series once more as columns, made from the rows and from nothing else."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from monitor.storage.batches import in_batches
from monitor.storage.packing import FORMAT, pack
from monitor.storage.rows.observations import ObservationRow, PackedSeriesRow, UnpackedRow
from monitor.storage.sequence import lock
from monitor.storage.stored_columns import read_rows, read_stored
from monitor.storage.upsert import insert_or

# A series is packed when so many rows wait, and an eighth of those packed already: all its life long a
# row is then packed some ten times.
LEAST_ROWS, SHARE = 256, 8
# One transaction packs about so many rows, so that other writers wait less than half a second.
ROWS_AT_ONCE = 50_000


def is_due(session: Session) -> bool:
    """Whether any series has enough rows to be packed; those of an older format go along with the next.

    Asked every few seconds: it looks at the small table alone.
    """
    return session.execute(_due().limit(1)).first() is not None


def pack_due(session: Session) -> int:
    """Pack some of the series that wait, as many as one transaction should; return how many."""
    lock(session)
    forget(session, list(session.execute(_stale()).scalars()))
    chosen: list[int] = []
    rows = 0
    for number, waiting in session.execute(_due().limit(ROWS_AT_ONCE // LEAST_ROWS)):
        if chosen and rows + waiting > ROWS_AT_ONCE:
            break
        chosen.append(number)
        rows += waiting
    for number, columns in read_stored(session, chosen).items():
        values = {"format": FORMAT, "last_seq": int(columns.seq[-1]), "count": len(columns)}
        _put(session, number, values | {"body": pack(columns)})
    session.execute(delete(UnpackedRow).where(UnpackedRow.series_id.in_(chosen)))
    return len(chosen)


def find_wrong(session: Session, *, most: int) -> list[int]:
    """Compare some packed series with the rows; return the numbers of those that differ."""
    row = PackedSeriesRow
    sample = select(row.series_id).where(row.format == FORMAT).order_by(func.random()).limit(most)
    numbers = list(session.execute(sample).scalars())
    rows, stored = read_rows(session, numbers), read_stored(session, numbers)
    return [number for number in numbers if number not in rows or pack(rows[number]) != pack(stored[number])]


def forget(session: Session, numbers: Collection[int] | None = None) -> None:
    """Drop packed series (None: all): they are read from their rows until they are packed again."""
    lock(session)
    if numbers is None:
        numbers = list(session.execute(select(PackedSeriesRow.series_id)).scalars())
    for part in in_batches(numbers):
        session.execute(delete(PackedSeriesRow).where(PackedSeriesRow.series_id.in_(part)))
        session.execute(delete(UnpackedRow).where(UnpackedRow.series_id.in_(part)))
        row = ObservationRow
        counted = (
            select(row.series_id, func.count(), func.min(row.period_start))
            .where(row.series_id.in_(part))
            .group_by(row.series_id)
        )
        session.execute(insert(UnpackedRow).from_select(["series_id", "count", "period_start"], counted))


def _due() -> Select[int, int]:
    waiting, packed = UnpackedRow, PackedSeriesRow
    return (
        select(waiting.series_id, waiting.count)
        .outerjoin(packed, packed.series_id == waiting.series_id)
        .where(
            waiting.count >= LEAST_ROWS,
            or_(packed.series_id.is_(None), waiting.count * SHARE >= packed.count),
        )
        .order_by(waiting.series_id)
    )


def _stale() -> Select[int]:
    return select(PackedSeriesRow.series_id).where(PackedSeriesRow.format != FORMAT)


def _put(session: Session, number: int, values: Mapping[str, Any]) -> None:
    statement = insert_or(session, PackedSeriesRow).values(series_id=number, **values)
    statement = statement.on_conflict_do_update(index_elements=[PackedSeriesRow.series_id], set_=dict(values))
    session.execute(statement)
