"""Which sources have ever given values of a series, kept in the transaction that stores them."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from monitor.domain.series import SeriesKey
from monitor.storage.batches import in_batches
from monitor.storage.rows.observations import SeriesRow, SeriesSourceRow
from monitor.storage.upsert import insert_or

_ROWS_AT_ONCE = 1_000
_COUNT = select(func.count()).select_from(SeriesSourceRow)


def note(session: Session, numbers: Collection[int], *, source: str) -> None:
    """Note that a source gave values of these series."""
    statement = insert_or(session, SeriesSourceRow).on_conflict_do_nothing()
    for part in in_batches(sorted(numbers), most=_ROWS_AT_ONCE):
        session.execute(statement, [{"series_id": number, "source": source} for number in part])


def count(session: Session) -> int:
    """Count what was ever noted: it only grows."""
    return session.execute(_COUNT).scalar_one()


def find(session: Session, keys: Collection[str]) -> dict[str, frozenset[str]]:
    """Return the sources of these series, by key; none of one without values."""
    statement = select(SeriesRow.indicator, SeriesRow.unit, SeriesSourceRow.source).join(
        SeriesRow, SeriesRow.id == SeriesSourceRow.series_id
    )
    found: dict[str, frozenset[str]] = {}
    for part in in_batches(keys):
        pairs = [(key.indicator, key.unit) for key in map(SeriesKey.parse, part)]
        wanted = statement.where(tuple_(SeriesRow.indicator, SeriesRow.unit).in_(pairs))
        found |= _sources(session.execute(wanted))
    return found


def _sources(rows: Iterable[Any]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(f"{row[0]}:{row[1]}", set()).add(row[2])
    return {key: frozenset(sources) for key, sources in found.items()}
