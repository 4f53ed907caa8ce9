"""What is due now, in one read: a worker asks before it opens a write transaction that may find nothing."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from monitor.storage.rows.base import UtcDateTime
from monitor.storage.rows.deliveries import DeliveryRow, NotificationRow
from monitor.storage.rows.desk import SourceStateRow
from monitor.storage.rows.subjects import SubjectStateRow
from monitor.storage.states import is_formed, is_leased, is_open


@dataclass(frozen=True, slots=True)
class Due:
    """Which kinds of work wait; a claim decides who does it.

    `waiting` are notifications that are to become messages, `formed` messages to be sent; `kept` are those of
    them that were kept for their reader until now.
    """

    days: bool
    assessments: bool
    alerts: bool
    sources: bool
    waiting: bool
    formed: bool
    kept: bool

    @property
    def messages(self) -> bool:
        """Whether anything is to be told."""
        return self.waiting or self.formed

    @property
    def pipeline(self) -> bool:
        """Whether any subject waits for anything."""
        return self.days or self.assessments or self.alerts


def due(session: Session, *, now: datetime) -> Due:
    """Look at every due time there is."""
    return Due(*map(bool, session.connection().execute(_asked(), {"now": now}).one()))


@cache
def _asked() -> Select[Any]:
    """Return the statement, made once: a worker asks it at every turn."""
    now = bindparam("now", type_=UtcDateTime())
    formed = and_(is_formed(), DeliveryRow.due_at <= now, DeliveryRow.carried_by.is_(None))
    # What is leased was due before: said so that its index serves.
    abandoned = and_(is_leased(), DeliveryRow.due_at <= now, DeliveryRow.lease_until <= now)
    waiting = and_(is_open(), NotificationRow.due_at <= now)
    lease = SourceStateRow.lease_until
    is_free = or_(lease.is_(None), lease <= now)
    columns = (
        _any(and_(SubjectStateRow.next_daily_at <= now, SubjectStateRow.assess_due_at.is_(None))),
        _any(SubjectStateRow.assess_due_at <= now),
        _any(SubjectStateRow.alerts_due_at <= now),
        _any(and_(SourceStateRow.due_at <= now, SourceStateRow.is_cut.is_(False), is_free)),
        _any(waiting),
        or_(_any(formed), _any(abandoned)),
        _any(and_(formed, DeliveryRow.held_by != "")),
    )
    return select(*columns)


def _any(condition: ColumnElement[bool]) -> Any:
    return exists().where(condition)
