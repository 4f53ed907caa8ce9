"""Heartbeats: which workers live, and what last went wrong in them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from monitor.storage.rows.desk import HeartbeatRow
from monitor.storage.upsert import insert_or

_Row = HeartbeatRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """A worker, since when and until when it has been seen alive; `note` is its last failure."""

    worker: str
    started_at: datetime
    beat_at: datetime
    note: str = ""


def beat(session: Session, *, worker: str, now: datetime) -> None:
    """Say that a worker lives."""
    statement = insert_or(session, _Row).values(worker=worker, started_at=now, beat_at=now, note="")
    session.execute(statement.on_conflict_do_update(index_elements=["worker"], set_={"beat_at": now}))


def fail(session: Session, *, worker: str, note: str, now: datetime) -> None:
    """Keep what went wrong in a worker."""
    beat(session, worker=worker, now=now)
    session.execute(update(_Row).where(_Row.worker == worker).values(note=note))


def last(session: Session) -> datetime | None:
    """Return when any worker last said that it lives; None if none ever did."""
    return session.execute(select(func.max(_Row.beat_at))).scalar_one()


def find_all(session: Session) -> list[Heartbeat]:
    """Return all workers, the one seen last first."""
    statement = select(_Row).order_by(_Row.beat_at.desc(), _Row.worker)
    return [
        Heartbeat(worker=row.worker, started_at=row.started_at, beat_at=row.beat_at, note=row.note)
        for row in session.execute(statement.execution_options(populate_existing=True)).scalars()
    ]


def purge(session: Session, *, before: datetime) -> None:
    """Forget workers not seen since."""
    session.execute(delete(_Row).where(_Row.beat_at < before))
