"""Signals: how telling an outside monitor that a worker does its work went last."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.storage.rows.desk import SignalRow
from monitor.storage.upsert import insert_or

PING = "ping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """When it was last tried and when it last arrived; `note` says what kept the last one from arriving."""

    tried_at: datetime
    ok_at: datetime | None = None
    note: str = ""


def find(session: Session, name: str = PING) -> Signal | None:
    """Return how it went last; None if it was never tried."""
    row = session.scalars(
        select(SignalRow).where(SignalRow.name == name).execution_options(populate_existing=True)
    ).one_or_none()
    return None if row is None else Signal(tried_at=row.tried_at, ok_at=row.ok_at, note=row.note)


def note(session: Session, *, name: str = PING, problem: str, now: datetime) -> None:
    """Record how one went; without a problem it arrived."""
    values = {"tried_at": now, "note": problem} | ({} if problem else {"ok_at": now})
    statement = insert_or(session, SignalRow).values(name=name, **({"ok_at": None} | values))
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))
