"""The shift log: entries are added and read, never changed."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound
from monitor.domain.shifts.log_entry import LogEntry, LogLine, log_lines
from monitor.storage.rows.shifts import LogEntryRow

_NAMES = ("at", "stored_at", "author", "text", "subject", "episode_id", "corrects")


def add(session: Session, entry: LogEntry) -> LogEntry:
    """Store an entry and return it with its number."""
    row = LogEntryRow(**{name: getattr(entry, name) for name in _NAMES})
    session.add(row)
    session.flush()
    return replace(entry, id=row.id)


def get(session: Session, number: int) -> LogEntry:
    """Return an entry; NotFound."""
    row = session.get(LogEntryRow, number)
    if row is None:
        raise NotFound(f"there is no log entry {number}")
    return _entry(row)


def find(
    session: Session,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    subject: str = "",
    episode_ids: Collection[str] | None = None,
    limit: int = 200,
) -> tuple[LogLine, ...]:
    """Return the latest lines of what happened from `since` to `until` (both included), with corrections."""
    row = LogEntryRow
    query = select(row).where(row.corrects.is_(None)).order_by(row.at.desc(), row.id.desc()).limit(limit)
    if since is not None:
        query = query.where(row.at >= since)
    if until is not None:
        query = query.where(row.at <= until)
    if subject:
        query = query.where(row.subject == subject)
    if episode_ids is not None:
        query = query.where(row.episode_id.in_(episode_ids))
    first = [_entry(each) for each in session.scalars(query)]
    later = select(row).where(row.corrects.in_([each.id for each in first]))
    return log_lines([*first, *(_entry(each) for each in session.scalars(later))]) if first else ()


def _entry(row: LogEntryRow) -> LogEntry:
    return LogEntry(id=row.id, **{name: getattr(row, name) for name in _NAMES})
