"""Outages: stretches in which no worker lived, which alert timers do not count."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, insert, select
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
    rows = session.execute(_between(), {"since": since, "until": until})
    return [Outage(started_at=started_at, ended_at=ended_at) for started_at, ended_at in rows]


@cache
def _between() -> Select[datetime, datetime]:
    row = OutageRow
    overlaps = (row.ended_at > bindparam("since"), row.started_at < bindparam("until"))
    return select(row.started_at, row.ended_at).where(*overlaps).order_by(row.started_at)
