"""Say what is due, so that a worker that was woken for nothing does nothing."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.storage.due import Due, due

DueWork = Due


def due_work(session: Session, *, now: datetime) -> DueWork:
    """Return which kinds of work wait at `now`."""
    return due(session, now=now)
