"""Take a pasted table back: every value of it that still counts."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.errors import Conflict, NotFound
from monitor.services.record_observation import Recorded
from monitor.services.withdraw_observation import row_named, withdraw_observation
from monitor.storage import audit
from monitor.storage.audit import AuditEntry

PASTE = "observation.paste"


def pasted_batch(session: Session, batch: int) -> AuditEntry:
    """Return the entry of the audit log of a pasted table; NotFound."""
    entry = audit.get(session, batch)
    if entry is None or entry.action != PASTE:
        raise NotFound(f"there is no pasted table {batch}")
    return entry


def rows_of(entry: AuditEntry) -> list[Recorded]:
    """Return the rows that a pasted table became."""
    return [row_named(address, key) for key, address in (entry.after or {}).get("rows", ())]


def withdraw_batch(session: Session, batch: int, *, reason: str, by: str, now: datetime) -> tuple[int, int]:
    """Take back what still counts; return how many values were, and how many were left as they are."""
    done = left = 0
    for row in rows_of(pasted_batch(session, batch)):
        try:
            withdraw_observation(session, row, reason=reason, by=by, now=now)
            done += 1
        except Conflict:
            left += 1
    return done, left
