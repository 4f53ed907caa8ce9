"""Runs: each time a source was asked, and what it gave."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from monitor.storage.rows.desk import RunRow


class RunOutcome(Protocol):
    """What is said of a run that ended."""

    @property
    def outcome(self) -> str:
        """ok, unchanged, empty, late or error."""
        ...

    @property
    def seen(self) -> int:
        """How many readings the source gave."""
        ...

    @property
    def new(self) -> int:
        """How many were of new periods."""
        ...

    @property
    def revised(self) -> int:
        """How many changed a period."""
        ...

    @property
    def withdrawn(self) -> int:
        """How many took a period back."""
        ...

    @property
    def rejected(self) -> int:
        """How many could not be used."""
        ...

    @property
    def message(self) -> str:
        """What a person should know."""
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
    rejected: int = 0
    message: str = ""


def start(session: Session, source: str, *, started_at: datetime) -> int:
    """Begin a run and return its number."""
    counts = dict.fromkeys(("seen", "new", "revised", "withdrawn", "rejected"), 0)
    values = {"source": source, "started_at": started_at, "outcome": "", "message": ""} | counts
    return session.execute(insert(RunRow).values(values).returning(RunRow.id)).scalar_one()


def finish(session: Session, run_id: int, *, outcome: RunOutcome, now: datetime) -> None:
    """Say how a run ended."""
    session.execute(
        update(RunRow)
        .where(RunRow.id == run_id)
        .values(
            ended_at=now,
            outcome=outcome.outcome,
            seen=outcome.seen,
            new=outcome.new,
            revised=outcome.revised,
            withdrawn=outcome.withdrawn,
            rejected=outcome.rejected,
            message=outcome.message,
        )
    )


def recent(session: Session, source: str, *, limit: int = 50) -> list[Run]:
    """Return the last runs of a source, newest first."""
    statement = (
        select(RunRow)
        .where(RunRow.source == source)
        .order_by(RunRow.started_at.desc(), RunRow.id.desc())
        .limit(limit)
    )
    return [_run(row) for row in session.execute(statement).scalars()]


def last(session: Session, sources: Collection[str]) -> dict[str, Run]:
    """Return the last run of each source that has one."""
    numbers = select(func.max(RunRow.id)).where(RunRow.source.in_(sources)).group_by(RunRow.source)
    statement = select(RunRow).where(RunRow.id.in_(numbers))
    return {row.source: _run(row) for row in session.execute(statement).scalars()}


def purge(session: Session, *, before: datetime) -> None:
    """Forget runs that began before a time and gave nothing new."""
    session.execute(
        delete(RunRow).where(RunRow.started_at < before, RunRow.outcome.in_(("unchanged", "empty")))
    )


def _run(row: RunRow) -> Run:
    return Run(**{name: getattr(row, name) for name in Run.__dataclass_fields__})
