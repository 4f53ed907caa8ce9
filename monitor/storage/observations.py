"""Observations: readings become rows, only ever added; what says nothing new becomes no row."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, select, text, tuple_
from sqlalchemy.orm import Session

from monitor.domain.clock import epoch
from monitor.domain.errors import InvalidInput
from monitor.domain.grade import is_grade
from monitor.domain.observation import Observation, Reading
from monitor.storage import latest, series, subjects
from monitor.storage.batches import in_batches
from monitor.storage.bulk import fetch_tuples, write_observations
from monitor.storage.rows.observations import BatchRow, CitedRow, ObservationRow
from monitor.storage.sequence import lock, next_seq
from monitor.storage.upsert import insert_or

_READINGS_AT_ONCE = 20_000
_ROWS_AT_ONCE = 2_000

Period = tuple[int, int, int]

# All stored rows of the touched periods in one statement with one parameter, however many there are.
_TOUCHED = {
    "sqlite": text(
        "SELECT o.series_id, o.period_start, o.period_end, o.source_revision, o.seq, o.known_at,"
        " o.value, o.low, o.high, o.grade, o.citation_id"
        " FROM json_each(:periods) AS t JOIN observation AS o"
        " ON o.series_id = json_extract(t.value, '$[0]')"
        " AND o.period_start = json_extract(t.value, '$[1]')"
        " AND o.period_end = json_extract(t.value, '$[2]')"
    ),
    "postgresql": text(
        "SELECT o.series_id, o.period_start, o.period_end, o.source_revision, o.seq, o.known_at,"
        " o.value, o.low, o.high, o.grade, o.citation_id"
        " FROM json_array_elements(CAST(:periods AS json)) AS t JOIN observation AS o"
        " ON o.series_id = CAST(t->>0 AS integer)"
        " AND o.period_start = CAST(t->>1 AS bigint)"
        " AND o.period_end = CAST(t->>2 AS bigint)"
    ),
}


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


class Vintage(NamedTuple):
    """One stored row of a period, in the order that decides which is in force."""

    source_revision: int
    seq: int
    known_at: int
    content: tuple[Any, ...]


_NOTHING: tuple[Any, ...] = (None,)


@dataclass(slots=True, kw_only=True)
class _Work:
    """One call of `add` under way."""

    batch: Mapping[str, Any]
    seq: int
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    batch_id: int | None = None
    changed: set[int] = field(default_factory=set)


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
    first = lock(session) + 1
    batch = {"source": source, "author": author, "note": note, "run_id": run_id, "stored_at": now}
    work = _Work(batch=batch, seq=first)
    for part in in_batches(readings, most=_READINGS_AT_ONCE):
        _add_part(session, part, work=work)
    counts = {"new": work.new, "revised": work.revised, "withdrawn": work.withdrawn}
    if work.seq == first:
        return Added(unchanged=work.unchanged)
    next_seq(session, work.seq - first)
    touched = series.watchers_of_ids(session, work.changed)
    subjects.mark_due(session, touched, now=now, slot=slot)
    return Added(**counts, unchanged=work.unchanged, first_seq=first, last_seq=work.seq - 1, subjects=touched)


def history(
    session: Session,
    key: series.Key,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int | None = None,
) -> list[Observation]:
    """Return the rows of a series whose period ends after `since` and starts before `until`, newest first."""
    row = ObservationRow
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


def stored(session: Session, rows: Mapping[str, Period]) -> dict[str, Observation]:
    """Return one row of each series, named by (period start, period end, seq); none where there is none."""
    row, found = ObservationRow, {}
    numbers = series.ids(session, rows)
    names = {number: key for key, number in numbers.items()}
    wanted = [(number, *rows[key]) for key, number in numbers.items()]
    primary_key = tuple_(row.series_id, row.period_start, row.period_end, row.seq)
    for part in in_batches(wanted, most=_ROWS_AT_ONCE):
        for each, batch, citation in session.execute(series.joined(row).where(primary_key.in_(part))):
            key = names[each.series_id]
            found[key] = series.observation(each, key=key, batch=batch, citation=citation)
    return found


def _add_part(session: Session, readings: Sequence[Reading], *, work: _Work) -> None:
    _require_grades(readings)
    numbers = series.ensure(session, (reading.series for reading in readings))
    cited = _cited(session, {reading.citation for reading in readings if reading.citation})
    keyed = [
        ((numbers[reading.series], epoch(reading.period_start), epoch(reading.period_end)), reading)
        for reading in readings
    ]
    stored = _stored(session, {period for period, _ in keyed})
    rows = [
        row
        for period, reading in keyed
        if (row := _row(period, reading, stored=stored, cited=cited, work=work)) is not None
    ]
    if not rows:
        return
    if work.batch_id is None:
        work.batch_id = session.execute(
            insert(BatchRow).values(**work.batch).returning(BatchRow.id)
        ).scalar_one()
    for row in rows:
        row["batch_id"] = work.batch_id
    write_observations(session, rows)
    latest.keep(session, _in_force(rows, stored))
    work.changed |= {row["series_id"] for row in rows}


def _row(
    period: Period,
    reading: Reading,
    *,
    stored: dict[Period, list[Vintage]],
    cited: Mapping[str, int],
    work: _Work,
) -> dict[str, Any] | None:
    """Return the row of a reading that says something new, and count it."""
    known_at, citation_id = epoch(reading.known_at), cited.get(reading.citation)
    content = _content(reading.value, reading.low, reading.high, reading.grade, citation_id)
    vintages = stored.setdefault(period, [])
    if _is_known(vintages, content, known_at=known_at, revision=reading.source_revision):
        work.unchanged += 1
        return None
    if content is _NOTHING:
        work.withdrawn += 1
    elif vintages:
        work.revised += 1
    else:
        work.new += 1
    vintages.append(Vintage(reading.source_revision, work.seq, known_at, content))
    work.seq += 1
    return {
        "series_id": period[0],
        "period_start": period[1],
        "period_end": period[2],
        "seq": work.seq - 1,
        "known_at": known_at,
        "source_revision": reading.source_revision,
        "value": reading.value,
        "low": reading.low,
        "high": reading.high,
        "grade": reading.grade,
        "citation_id": citation_id,
        "is_reconstructed": reading.is_reconstructed,
        "is_confirmed": False,
        "note": reading.note or None,
    }


def _in_force(
    rows: Iterable[Mapping[str, Any]], stored: Mapping[Period, Sequence[Vintage]]
) -> dict[Period, int | None]:
    """Return what is in force now in the periods of these rows: a `seq`, or None where withdrawn."""
    periods = {(row["series_id"], row["period_start"], row["period_end"]) for row in rows}
    winners = {period: max(stored[period]) for period in periods}
    return {period: None if row.content is _NOTHING else row.seq for period, row in winners.items()}


def _is_known(vintages: Sequence[Vintage], content: tuple[Any, ...], *, known_at: int, revision: int) -> bool:
    """Whether the row in force, now or as the reading's own moment saw it, says the same."""
    if not vintages:
        return content is _NOTHING
    seen = [row for row in vintages if row.known_at <= known_at and row.source_revision <= revision]
    return max(vintages).content == content or (bool(seen) and max(seen).content == content)


def _content(
    value: float | None, low: float | None, high: float | None, grade: str, citation_id: int | None
) -> tuple[Any, ...]:
    """Return what a row says; a withdrawal says nothing, whatever else it carries."""
    return _NOTHING if value is None else (value, low, high, grade, citation_id)


def _stored(session: Session, periods: Iterable[Period]) -> dict[Period, list[Vintage]]:
    statement = _TOUCHED[session.get_bind().dialect.name]
    rows = fetch_tuples(session, statement, {"periods": json.dumps(sorted(periods))})
    found: dict[Period, list[Vintage]] = {}
    for number, start, end, revision, seq, known_at, *content in rows:
        vintage = Vintage(revision, seq, known_at, _content(*content))
        found.setdefault((number, start, end), []).append(vintage)
    return found


def _cited(session: Session, slugs: set[str]) -> dict[str, int]:
    if not slugs:
        return {}
    rows = [{"slug": slug} for slug in sorted(slugs)]
    session.execute(insert_or(session, CitedRow).on_conflict_do_nothing(), rows)
    found: dict[str, int] = {}
    for part in in_batches(slugs):
        statement = select(CitedRow.slug, CitedRow.id).where(CitedRow.slug.in_(part))
        found |= {row.slug: row.id for row in session.execute(statement)}
    return found


def _require_grades(readings: Sequence[Reading]) -> None:
    wrong = sorted({reading.grade for reading in readings if reading.grade and not is_grade(reading.grade)})
    if wrong:
        message = f"{wrong[0]!r} is no grade; expected a letter A to F and a digit 1 to 6"
        raise InvalidInput(message, field="grade")
