"""Outages: stretches in which no worker lived, which alert timers do not count."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from monitor.storage.rows.desk import OutageRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """From the last sign of life to the next."""

    started_at: datetime
    ended_at: datetime


def add(session: Session, *, started_at: datetime, ended_at: datetime) -> None:
    """Record an outage that is over."""
    session.execute(insert(OutageRow).values(started_at=started_at, ended_at=ended_at))


def between(session: Session, since: datetime, until: datetime) -> list[Outage]:
    """Return the outages that overlap a stretch of time, oldest first."""
    statement = (
        select(OutageRow)
        .where(OutageRow.ended_at > since, OutageRow.started_at < until)
        .order_by(OutageRow.started_at)
    )
    return [
        Outage(started_at=row.started_at, ended_at=row.ended_at)
        for row in session.execute(statement).scalars()
    ]
