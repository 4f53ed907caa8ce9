"""Read the shift log, for programs and the command line."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.alerting.native_event import rfc3339
from monitor.domain.shifts.log_entry import LogLine
from monitor.storage import log_entries


def read_log(
    session: Session,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    subject: str = "",
    alert: str = "",
    limit: int = 100,
) -> tuple[LogLine, ...]:
    """Return the latest lines of what happened from `since` to `until`, the latest first."""
    episodes = [alert] if alert else None
    return log_entries.find(
        session, since=since, until=until, subject=subject, episode_ids=episodes, limit=limit
    )


def log_data(line: LogLine) -> Mapping[str, Any]:
    """Return a line as plain values: what it says now, and every wording before it."""
    entry = line.entry
    return {
        "id": entry.id,
        "at": rfc3339(entry.at),
        "stored_at": rfc3339(entry.stored_at),
        "author": entry.author,
        "text": line.text,
        "subject": entry.subject or None,
        "episode": entry.episode_id or None,
        "wordings": [
            {"id": each.id, "text": each.text, "author": each.author, "stored_at": rfc3339(each.stored_at)}
            for each in (entry, *line.corrections)
        ],
    }
