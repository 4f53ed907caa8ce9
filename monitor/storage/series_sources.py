"""Which sources have ever given values of a series, kept in the transaction that stores them."""

from collections.abc import Collection
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from monitor.storage import series
from monitor.storage.batches import in_batches
from monitor.storage.bulk import fetch_tuples
from monitor.storage.rows.observations import SeriesSourceRow
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
    names = {number: key for key, number in series.ids(session, keys).items()}
    found: dict[str, set[str]] = {}
    for part in in_batches(names):
        for number, source in fetch_tuples(session, _of_numbers(), {"numbers": part}):
            found.setdefault(names[number], set()).add(source)
    return {key: frozenset(sources) for key, sources in found.items()}


@cache
def _of_numbers() -> Select[int, str]:
    row = SeriesSourceRow
    return select(row.series_id, row.source).where(row.series_id.in_(bindparam("numbers", expanding=True)))
