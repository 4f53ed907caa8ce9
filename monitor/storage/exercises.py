"""Exercises: history played again, on a subject and series of its own, as it became known."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Subquery, exists, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from monitor.domain.errors import NotFound
from monitor.storage import latest
from monitor.storage.new_rows import new_rows, write_new
from monitor.storage.rows.observations import BatchRow, SeriesRow, WatchedSeriesRow
from monitor.storage.rows.observed import ObservedRow
from monitor.storage.rows.subjects import ExerciseRow
from monitor.storage.sequence import lock, next_seq

_COPIED = (
    "period_start", "period_end", "known_at", "source_revision", "value", "low", "high", "grade",
    "citation_id", "is_reconstructed", "is_confirmed", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """A replay. `played_until` is the epoch second of history up to which it was played."""

    slug: str
    subject: str
    origin_subject: str
    runs_from: datetime
    runs_until: datetime
    speed: float
    started_at: datetime
    played_until: int
    state: str


def add(session: Session, exercise: Exercise) -> None:
    """Store a new exercise."""
    session.execute(insert(ExerciseRow).values(**asdict(exercise)))


def get(session: Session, slug: str) -> Exercise:
    """Return an exercise; NotFound."""
    found = [exercise for exercise in find_all(session) if exercise.slug == slug]
    if not found:
        raise NotFound(f"there is no exercise {slug}")
    return found[0]


def find_all(session: Session) -> list[Exercise]:
    """Return all exercises, the newest first."""
    statement = select(ExerciseRow).order_by(ExerciseRow.started_at.desc(), ExerciseRow.slug.desc())
    return [
        _exercise(row)
        for row in session.execute(statement.execution_options(populate_existing=True)).scalars()
    ]


def next_slug(session: Session) -> str:
    """Return the name of the next exercise: `exercise-1`, `exercise-2` ..."""
    lock(session)
    numbers = [int(slug.rpartition("-")[2]) for slug in session.execute(select(ExerciseRow.slug)).scalars()]
    return f"exercise-{max(numbers, default=0) + 1}"


def set_played(session: Session, slug: str, *, played_until: int, state: str) -> None:
    """Keep how far an exercise was played, and whether it goes on."""
    values = {"played_until": played_until, "state": state}
    session.execute(update(ExerciseRow).where(ExerciseRow.slug == slug).values(**values))


def next_known(session: Session, slug: str, *, after: int) -> int | None:
    """Return when, after `after`, the original next came to know something; None if it never did."""
    pairs = _pairs(get(session, slug)).subquery()
    statement = select(func.min(ObservedRow.known_at)).join(
        pairs, (pairs.c.origin_id == ObservedRow.series_id) & (ObservedRow.known_at > after)
    )
    return session.execute(statement).scalar_one()


def copy_observations(
    session: Session, slug: str, *, until: int, without: Collection[str] = (), now: datetime
) -> int:
    """Copy what the original knew by `until` and the exercise does not have yet; return how many rows.

    Indicators named in `without` are left out (their source is cut off) and caught up with later. The
    subject is not marked due: the caller knows the moment on its clock.
    """
    lock(session)
    pairs = _pairs(get(session, slug)).where(SeriesRow.indicator.not_in(without)).subquery()
    found = session.execute(_missing(pairs, until=until)).mappings().all()
    if not found:
        return 0
    first = next_seq(session, len(found))
    batch = {"source": slug, "author": "", "note": "replay", "stored_at": now}
    batch_id = session.execute(insert(BatchRow).values(**batch).returning(BatchRow.id)).scalar_one()
    write_new(session, new_rows([dict(row) for row in found]), first_seq=first, batch_id=batch_id)
    latest.reckon(session, {row["series_id"] for row in found})
    return len(found)


def _pairs(exercise: Exercise) -> Select[int, int]:
    """Return a select of each series of the exercise beside the one it repeats."""
    copy = aliased(SeriesRow)
    return (
        select(SeriesRow.id.label("origin_id"), copy.id.label("copy_id"))
        .join(copy, copy.indicator == SeriesRow.indicator)
        .join(WatchedSeriesRow, WatchedSeriesRow.series_id == copy.id)
        .where(
            copy.unit == SeriesRow.unit + f"@{exercise.slug}", WatchedSeriesRow.subject == exercise.subject
        )
    )


def _missing(pairs: Subquery, *, until: int) -> Select[Any]:
    """Return a select of the rows to copy, in the order in which they became known."""
    row, there = ObservedRow, aliased(ObservedRow)
    is_there = exists().where(
        there.series_id == pairs.c.copy_id,
        there.period_start == row.period_start,
        there.period_end == row.period_end,
        there.known_at == row.known_at,
        there.source_revision == row.source_revision,
    )
    columns = [getattr(row, name) for name in _COPIED]
    return (
        select(pairs.c.copy_id.label("series_id"), *columns)
        .join(pairs, pairs.c.origin_id == row.series_id)
        .where(row.known_at <= until, ~is_there)
        .order_by(row.known_at, row.seq)
    )


def _exercise(row: ExerciseRow) -> Exercise:
    return Exercise(**{name: getattr(row, name) for name in Exercise.__dataclass_fields__})
