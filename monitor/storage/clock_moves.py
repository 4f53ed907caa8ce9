"""Clock moves: leaps of the clock that workers saw, and the due times that a leap back left far ahead."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from monitor.storage.rows.alerts import ChannelStateRow
from monitor.storage.rows.base import Row
from monitor.storage.rows.deliveries import DeliveryRow, NotificationRow
from monitor.storage.rows.desk import ClockMoveRow, HeartbeatRow, SourceStateRow
from monitor.storage.rows.routes import EpisodeRouteRow, MessageGroupRow
from monitor.storage.rows.subjects import SubjectStateRow

# Subjects come first: whoever evaluates has the subject before it has anything of its alerts.
_Time = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
_DUE: tuple[tuple[type[Row], _Time], ...] = (
    (SubjectStateRow, SubjectStateRow.assess_due_at),
    (SubjectStateRow, SubjectStateRow.alerts_due_at),
    (EpisodeRouteRow, EpisodeRouteRow.repeat_due_at),
    (EpisodeRouteRow, EpisodeRouteRow.step_due_at),
    (EpisodeRouteRow, EpisodeRouteRow.step_began_at),
    (NotificationRow, NotificationRow.due_at),
    (DeliveryRow, DeliveryRow.due_at),
    (DeliveryRow, DeliveryRow.lease_until),
    (ChannelStateRow, ChannelStateRow.opened_at),
    (ChannelStateRow, ChannelStateRow.open_until),
    (ChannelStateRow, ChannelStateRow.probe_until),
    (MessageGroupRow, MessageGroupRow.formed_at),
    (SourceStateRow, SourceStateRow.due_at),
    (SourceStateRow, SourceStateRow.lease_until),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockMove:
    """A leap: when, by the clock after it, and how many seconds ahead; back is below 0."""

    at: datetime
    seconds: float


def add(session: Session, *, at: datetime, seconds: float) -> None:
    """Record a leap."""
    session.execute(insert(ClockMoveRow).values(at=at, seconds=seconds))


def between(session: Session, since: datetime, until: datetime) -> list[ClockMove]:
    """Return the leaps seen between two moments, the latest first."""
    row = ClockMoveRow
    query = (
        select(row.at, row.seconds).where(row.at >= since, row.at <= until).order_by(row.at.desc(), row.id)
    )
    return [ClockMove(at=at, seconds=seconds) for at, seconds in session.execute(query)]


def bring_back(session: Session, *, by: timedelta, now: datetime) -> int:
    """Move what is due later than `now` as far back as the clock went, never before `now`; count it.

    What was written by the clock before would else wait for as long as that had been ahead. Whatever holds
    by the time of the wall, such as a silence, is looked at early and put off again.
    """
    moved = 0
    for table, column in _DUE:
        for row in session.scalars(select(table).where(column > now).with_for_update()):
            setattr(row, column.key, max(now, getattr(row, column.key) - by))
            moved += 1
    session.flush()
    session.execute(update(HeartbeatRow).where(HeartbeatRow.beat_at > now).values(beat_at=now))
    return moved
