"""Runs: each time a source was asked, and what it gave."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound
from monitor.storage.rows.desk import RunRow

_COUNTS = ("seen", "new", "revised", "withdrawn", "quarantined", "rejected")
STOPPED = "the worker stopped in the middle of this run"


class RunOutcome(Protocol):
    """What is said of a run that ended: one word, counts, a sentence, and samples of what was rejected."""

    @property
    def outcome(self) -> str:
        """ok, unchanged, empty, late or error."""
        ...

    @property
    def counts(self) -> Mapping[str, int]:
        """How many readings and incidents were seen, new, revised, withdrawn, quarantined, rejected."""
        ...

    @property
    def message(self) -> str:
        """What a person should know."""
        ...

    @property
    def samples(self) -> Sequence[Mapping[str, str]]:
        """Some of what was rejected: where, text, reason."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One time a source was asked; `ended_at` None: still under way, or killed."""

    id: int
    source: str
    started_at: datetime
    ended_at: datetime | None = None
    outcome: str = ""
    seen: int = 0
    new: int = 0
    revised: int = 0
    withdrawn: int = 0
    quarantined: int = 0
    rejected: int = 0
    message: str = ""
    samples: Sequence[Mapping[str, str]] = ()
    asked: Mapping[str, Any] | None = None

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it is under way, or if it was killed."""
        return None if self.ended_at is None else (self.ended_at - self.started_at).total_seconds()


def start(
    session: Session, source: str, *, started_at: datetime, asked: Mapping[str, Any] | None = None
) -> int:
    """Begin a run and return its number; `asked` is what it asks, so that it can be read again."""
    values = {"source": source, "started_at": started_at, "outcome": "", "message": "", "asked": asked}
    values |= dict.fromkeys(_COUNTS, 0)
    return session.execute(insert(RunRow).values(values).returning(RunRow.id)).scalar_one()


def finish(session: Session, run_id: int, *, outcome: RunOutcome, now: datetime) -> None:
    """Say how a run ended."""
    session.execute(
        update(RunRow)
        .where(RunRow.id == run_id)
        .values(
            ended_at=now,
            outcome=outcome.outcome,
            message=outcome.message,
            samples=[dict(each) for each in outcome.samples],
            **{name: outcome.counts.get(name, 0) for name in _COUNTS},
        )
    )


def end_stopped(session: Session, source: str, *, now: datetime) -> None:
    """Say of the runs of a source that never ended, as their worker was killed, that they did not."""
    session.execute(
        update(RunRow)
        .where(RunRow.source == source, RunRow.ended_at.is_(None))
        .values(ended_at=now, outcome="error", message=STOPPED)
    )


def forget(session: Session, run_id: int) -> None:
    """Forget a run that came to nothing because the source was not asked at all."""
    session.execute(delete(RunRow).where(RunRow.id == run_id))


def one(session: Session, run_id: int) -> Run:
    """Return a run; NotFound if there is none of that number."""
    row = session.get(RunRow, run_id)
    if row is None:
        raise NotFound(f"there is no run {run_id}")
    return _run(row)


def recent(session: Session, source: str, *, limit: int = 50) -> list[Run]:
    """Return the last runs of a source, newest first."""
    statement = (
        select(RunRow)
        .where(RunRow.source == source)
        .order_by(RunRow.started_at.desc(), RunRow.id.desc())
        .limit(limit)
    )
    return [_run(row) for row in session.execute(statement).scalars()]


def last(session: Session, sources: Collection[str], *, outcome: str | None = None) -> dict[str, Run]:
    """Return the last run of each source that has one; the last of one outcome, where that is named."""
    numbers = select(func.max(RunRow.id)).where(RunRow.source.in_(sources)).group_by(RunRow.source)
    if outcome is not None:
        numbers = numbers.where(RunRow.outcome == outcome)
    statement = select(RunRow).where(RunRow.id.in_(numbers))
    return {row.source: _run(row) for row in session.execute(statement).scalars()}


def strips(session: Session, *, limit: int) -> dict[str, list[tuple[str, datetime]]]:
    """Return outcome and beginning of the last runs of every source, newest first, in one query."""
    place = func.row_number().over(partition_by=RunRow.source, order_by=RunRow.id.desc()).label("place")
    ranked = select(RunRow.source, RunRow.outcome, RunRow.started_at, place).subquery()
    statement = select(ranked).where(ranked.c.place <= limit).order_by(ranked.c.source, ranked.c.place)
    found: dict[str, list[tuple[str, datetime]]] = {}
    for source, outcome, started_at, _ in session.execute(statement):
        found.setdefault(source, []).append((outcome, started_at))
    return found


def purge(session: Session, *, before: datetime) -> None:
    """Forget runs that began before a time and gave nothing new."""
    session.execute(
        delete(RunRow).where(RunRow.started_at < before, RunRow.outcome.in_(("unchanged", "empty")))
    )


def _run(row: RunRow) -> Run:
    return Run(**{name: getattr(row, name) for name in Run.__dataclass_fields__})
