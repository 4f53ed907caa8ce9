"""Observations: readings become rows, only ever added; what says nothing new becomes no row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from monitor.domain.clock import epoch
from monitor.domain.observation import Observation, Reading
from monitor.domain.reading_columns import ReadingColumns, columns_of
from monitor.storage import series, series_sources, subjects
from monitor.storage.batches import in_batches
from monitor.storage.bulk import fetch_tuples
from monitor.storage.rows.observations import BatchRow, CitedRow
from monitor.storage.rows.observed import ObservedRow
from monitor.storage.sequence import lock, next_seq
from monitor.storage.storing import Storing

_READINGS_AT_ONCE = 20_000
_ROWS_AT_ONCE = 2_000

Period = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of the readings. `withdrawn` ones are rows without a value; `unchanged` left no row."""

    new: int = 0
    revised: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    first_seq: int | None = None
    last_seq: int | None = None
    subjects: tuple[str, ...] = ()

    @property
    def stored(self) -> int:
        """How many rows were written."""
        return self.new + self.revised + self.withdrawn


def add(  # noqa: PLR0913 - provenance is asked of every write
    session: Session,
    readings: Iterable[Reading],
    *,
    source: str,
    author: str,
    note: str,
    now: datetime,
    run_id: int | None = None,
    slot: int | None = None,
) -> Added:
    """Store readings; keep `latest` and mark the subjects they feed as due, in the same transaction.

    A reading is unchanged, and leaves no row, if it says the same as the row in force (the highest
    source revision and seq) now, or at the reading's own revision and `known_at`: loading a history
    of vintages again adds nothing. `slot` is the time on the subjects' clock, where it is not wall time.
    """
    parts = map(columns_of, in_batches(readings, most=_READINGS_AT_ONCE))
    return add_columns(
        session, parts, source=source, author=author, note=note, now=now, run_id=run_id, slot=slot
    )


def add_columns(  # noqa: PLR0913 - provenance is asked of every write
    session: Session,
    told: Iterable[ReadingColumns],
    *,
    source: str,
    author: str,
    note: str,
    now: datetime,
    run_id: int | None = None,
    slot: int | None = None,
) -> Added:
    """Do the same with readings in columns: a million take seconds."""
    batch = {"source": source, "author": author, "note": note, "run_id": run_id, "stored_at": now}
    work = Storing(session=session, batch=batch, first_seq=lock(session) + 1)
    for part in told:
        work.store(part)
    if not work.stored:
        return Added(unchanged=work.unchanged)
    next_seq(session, work.stored)
    series_sources.note(session, work.changed, source=source)
    touched = series.watchers_of_ids(session, work.changed)
    subjects.mark_due(session, touched, now=now, slot=slot)
    return Added(
        new=work.new, revised=work.revised, unchanged=work.unchanged, withdrawn=work.withdrawn,
        first_seq=work.first_seq, last_seq=work.first_seq + work.stored - 1, subjects=touched,
    )  # fmt: skip


def history(
    session: Session,
    key: series.Key,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int | None = None,
) -> list[Observation]:
    """Return the rows of a series whose period ends after `since` and starts before `until`, newest first."""
    row = ObservedRow
    statement = (
        series.joined(row)
        .where(row.series_id.in_(series.ids(session, [key]).values()))
        .order_by(row.period_end.desc(), row.period_start.desc(), row.seq.desc())
        .limit(limit)
    )
    if since is not None:
        statement = statement.where(row.period_end > epoch(since))
    if until is not None:
        statement = statement.where(row.period_start < epoch(until))
    return [
        series.observation(found, key=str(key), batch=batch, citation=citation)
        for found, batch, citation in session.execute(statement)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a row comes from; empty words where nothing was said."""

    grade: str
    citation: str
    source: str
    is_reconstructed: bool


def provenances(session: Session, key: series.Key) -> dict[int, Provenance]:
    """Return by seq where each row of a series comes from, without its values."""
    row = ObservedRow
    statement = (
        select(row.seq, row.grade, CitedRow.slug, BatchRow.source, row.is_reconstructed)
        .join(BatchRow, BatchRow.id == row.batch_id)
        .outerjoin(CitedRow, CitedRow.id == row.citation_id)
        .where(row.series_id.in_(series.ids(session, [key]).values()))
    )
    return {
        seq: Provenance(grade=grade, citation=slug or "", source=source, is_reconstructed=bool(is_old))
        for seq, grade, slug, source, is_old in fetch_tuples(session, statement)
    }


def stored(session: Session, rows: Mapping[str, Period]) -> dict[str, Observation]:
    """Return one row of each series, named by (period start, period end, seq); none where there is none."""
    row, found = ObservedRow, {}
    numbers = series.ids(session, rows)
    names = {number: key for key, number in numbers.items()}
    wanted = [(number, rows[key][0], rows[key][2]) for key, number in numbers.items()]
    primary_key = tuple_(row.series_id, row.period_start, row.seq)
    for part in in_batches(wanted, most=_ROWS_AT_ONCE):
        for each, batch, citation in session.execute(series.joined(row).where(primary_key.in_(part))):
            key = names[each.series_id]
            found[key] = series.observation(each, key=key, batch=batch, citation=citation)
    return found
