"""Signal alive: when an outside monitor is to be told that this desk does its work, and how that went."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from monitor.storage import signals


def is_signal_due(session: Session, *, every: timedelta, now: datetime) -> bool:
    """Whether none was tried for so long by any worker; one that lies ahead was tried by another clock."""
    last = signals.find(session)
    return last is None or not last.tried_at <= now < last.tried_at + every


def note_signal(session: Session, *, problem: str, now: datetime) -> None:
    """Record how it went, for the page on the desk's health; a new problem is logged."""
    last = signals.find(session)
    if problem and (last is None or last.note != problem):
        structlog.get_logger().warning("the signal to the outside monitor did not arrive", why=problem)
    signals.note(session, problem=problem, now=now)
