"""Say what is due, so that a worker that was woken for nothing does nothing."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.storage import sources
from monitor.storage.due import Due, due

DueWork = Due


def due_work(session: Session, *, now: datetime) -> DueWork:
    """Return which kinds of work wait at `now`."""
    return due(session, now=now)


def due_sources(session: Session, *, now: datetime) -> int:
    """Count the sources that are due and that nobody asks."""
    return sources.count_due(session, now=now)
