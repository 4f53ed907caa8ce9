"""Storing readings: what says nothing new is passed over, what is left becomes rows, a stretch at a time."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from monitor.domain.errors import InvalidInput
from monitor.domain.grade import is_grade
from monitor.domain.reading_columns import ReadingColumns, ordered
from monitor.domain.series import Bools, Ints
from monitor.storage import latest, series
from monitor.storage.batches import in_batches
from monitor.storage.bulk import fetch_tuples
from monitor.storage.new_rows import NewRows, has_detail, write_new
from monitor.storage.rows.observations import BatchRow, CitedRow
from monitor.storage.rows.observed import FROM_STRETCHES
from monitor.storage.upsert import insert_or

# So many readings are looked up, compared and written at once.
_ROWS_AT_ONCE = 50_000
# Above any number there will be: among the rows of a period, what is being written comes last.
_NEW = 1 << 62

Period = tuple[int, int, int]

# What is stored of the touched stretch of each series, in one statement with one parameter.
_STORED = {
    dialect: text(
        "SELECT o.series_id, o.period_start, o.period_start + p.span_seconds, p.source_revision, o.seq,"
        " COALESCE(p.known_at, o.period_start + p.known_after), o.value, d.low, d.high, p.grade,"
        f" p.citation_id {chosen}"
    )
    for dialect, chosen in FROM_STRETCHES.items()
}


class Vintage(NamedTuple):
    """One row of a period, in the order that decides which is in force."""

    source_revision: int
    seq: int
    known_at: int
    content: tuple[Any, ...]


_NOTHING: tuple[Any, ...] = (None,)


@dataclass(slots=True, kw_only=True)
class Storing:
    """One write under way: what it has come to so far."""

    session: Session
    batch: Mapping[str, Any]
    first_seq: int
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    batch_id: int | None = None
    changed: set[int] = field(default_factory=set)

    @property
    def stored(self) -> int:
        """How many rows were written."""
        return self.new + self.revised + self.withdrawn

    def store(self, told: ReadingColumns) -> None:
        """Store readings; of one period in the order in which they were given."""
        _require_grades(told.grades)
        numbers = series.ensure(self.session, told.series)
        cited = _cited(self.session, {slug for slug in told.citations if slug})
        series_id = np.array([numbers[key] for key in told.series], dtype=np.int64)
        citation_id = np.array([cited.get(slug, 0) for slug in told.citations], dtype=np.int64)
        for part in _stretches(series_id[told.series_index], told):
            self._store(_rows_of(told, part, series_id, citation_id))

    def _store(self, told: NewRows) -> None:
        vintages = _stored(self.session, told)
        single = _is_single(told, vintages)
        says = ~np.isnan(told.value)
        is_written = single & says
        before = self.stored
        self.new += int(is_written.sum())
        self.unchanged += int((single & ~says).sum())
        for at in np.flatnonzero(~single).tolist():
            is_written[at] = self._is_new(told, at, vintages)
        if self.stored == before:
            return
        rows = told.rows(is_written)
        first = self.first_seq + before
        seq = write_new(self.session, rows, first_seq=first, batch_id=self._batch())
        numbers = np.zeros(len(told), dtype=np.int64)
        numbers[is_written] = seq
        in_force = _last_of(rows.rows(single[is_written]), seq[single[is_written]])
        for at in np.flatnonzero(is_written & ~single).tolist():
            row = max(vintages[_period(told, at)])
            number = int(numbers[row.seq - _NEW]) if row.seq >= _NEW else row.seq
            in_force[_period(told, at)] = None if row.content is _NOTHING else number
        latest.keep(self.session, in_force)
        self.changed |= set(np.unique(rows.series_id).tolist())

    def _is_new(self, told: NewRows, at: int, stored: dict[Period, list[Vintage]]) -> bool:
        """Compare a reading with what its period has; count it and take it in if it says something new."""
        vintages = stored.setdefault(_period(told, at), [])
        content, known_at, revision = (
            _content(told, at),
            int(told.known_at[at]),
            int(told.source_revision[at]),
        )
        if _is_known(vintages, content, known_at=known_at, revision=revision):
            self.unchanged += 1
            return False
        if content is _NOTHING:
            self.withdrawn += 1
        elif vintages:
            self.revised += 1
        else:
            self.new += 1
        vintages.append(Vintage(revision, _NEW + at, known_at, content))
        return True

    def _batch(self) -> int:
        if self.batch_id is None:
            statement = insert(BatchRow).values(**self.batch).returning(BatchRow.id)
            self.batch_id = self.session.execute(statement).scalar_one()
        return self.batch_id


def _rows_of(told: ReadingColumns, part: Ints, series_id: Ints, citation_id: Ints) -> NewRows:
    """Return some readings as rows, by series and period."""
    low, high = told.low[part], told.high[part]
    has_note = np.array([note != "" for note in told.notes], dtype=np.bool_)
    return NewRows(
        place=part,
        series_id=series_id[told.series_index[part]],
        citation_id=citation_id[told.citation_index[part]],
        grade=np.array(told.grades, dtype="U2")[told.grade_index[part]],
        note=np.array(told.notes, dtype=np.object_)[told.note_index[part]],
        has_detail=has_detail(low, high, has_note[told.note_index[part]]),
        is_confirmed=np.zeros(len(part), dtype=np.bool_),
        period_start=told.period_start[part], period_end=told.period_end[part], known_at=told.known_at[part],
        source_revision=told.source_revision[part], value=told.value[part], low=low, high=high,
        is_reconstructed=told.is_reconstructed[part],
    )  # fmt: skip


def _stretches(series_id: Ints, told: ReadingColumns) -> Iterator[Ints]:
    """Yield which readings come next by series and period; those of one period are never parted."""
    order, repeats = ordered(series_id, told.period_start, told.period_end - told.period_start)
    begun = 0
    while begun < len(order):
        until = min(begun + _ROWS_AT_ONCE, len(order))
        while until < len(order) and repeats[until]:
            until += 1
        yield order[begun:until]
        begun = until


def _period(rows: NewRows, at: int) -> Period:
    return int(rows.series_id[at]), int(rows.period_start[at]), int(rows.period_end[at])


def _is_single(rows: NewRows, stored: Mapping[Period, Any]) -> Bools:
    """Which readings are the only ones of their period, none of which is stored."""
    differs = np.ones(len(rows) + 1, dtype=np.bool_)
    differs[1:-1] = (
        (np.diff(rows.series_id) != 0) | (np.diff(rows.period_start) != 0) | (np.diff(rows.period_end) != 0)
    )
    single: Bools = differs[:-1] & differs[1:]
    if stored:
        single &= np.array([_period(rows, at) not in stored for at in range(len(rows))], dtype=np.bool_)
    return single


def _last_of(rows: NewRows, seq: Ints) -> dict[Period, int | None]:
    """Return the last period of each series with its number: no other can move the latest value."""
    order, _ = ordered(rows.series_id, rows.period_end, rows.period_start)
    is_last = np.diff(rows.series_id[order], append=-1) != 0
    return {_period(rows, at): int(seq[at]) for at in order[is_last].tolist()}


def _stored(session: Session, told: NewRows) -> dict[Period, list[Vintage]]:
    """Return what is stored of the periods that are told of."""
    _, firsts = np.unique(told.series_id, return_index=True)
    lasts = np.append(firsts[1:], len(told)) - 1
    columns = (told.series_id[firsts], told.period_start[firsts], told.period_start[lasts])
    stretches = json.dumps(list(zip(*(column.tolist() for column in columns), strict=True)))
    rows = fetch_tuples(session, _STORED[session.get_bind().dialect.name], {"stretches": stretches})
    touched = set(_periods(told)) if rows else set()
    found: dict[Period, list[Vintage]] = {}
    for number, start, end, revision, seq, known_at, *content in rows:
        if (number, start, end) in touched:
            said = _NOTHING if content[0] is None else (*content[:4], content[4] or 0)
            found.setdefault((number, start, end), []).append(Vintage(revision, seq, known_at, said))
    return found


def _periods(rows: NewRows) -> Iterable[Period]:
    return zip(rows.series_id.tolist(), rows.period_start.tolist(), rows.period_end.tolist(), strict=True)


def _is_known(vintages: Sequence[Vintage], content: tuple[Any, ...], *, known_at: int, revision: int) -> bool:
    """Whether the row in force, now or as the reading's own moment saw it, says the same."""
    if not vintages:
        return content is _NOTHING
    seen = [row for row in vintages if row.known_at <= known_at and row.source_revision <= revision]
    return max(vintages).content == content or (bool(seen) and max(seen).content == content)


def _content(rows: NewRows, at: int) -> tuple[Any, ...]:
    """Return what a row says; a withdrawal says nothing, whatever else it carries."""
    value, low, high = _number(rows.value, at), _number(rows.low, at), _number(rows.high, at)
    return _NOTHING if value is None else (value, low, high, str(rows.grade[at]), int(rows.citation_id[at]))


def _number(column: npt.NDArray[np.float64], at: int) -> float | None:
    number = float(column[at])
    return None if np.isnan(number) else number


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


def _require_grades(grades: Iterable[str]) -> None:
    wrong = sorted({grade for grade in grades if grade and not is_grade(grade)})
    if wrong:
        message = f"{wrong[0]!r} is no grade; expected a letter A to F and a digit 1 to 6"
        raise InvalidInput(message, field="grade")
