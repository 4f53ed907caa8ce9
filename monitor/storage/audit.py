"""The audit log: who changed what, when and why; entries are only ever added."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from monitor.storage.rows.desk import AuditEntryRow


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One act; `before` and `after` are what it changed, None where there was or is nothing."""

    id: int
    at: datetime
    actor: str
    action: str
    target: str
    reason: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def record(  # noqa: PLR0913 - an entry answers all of these
    session: Session,
    *,
    actor: str,
    action: str,
    target: str,
    reason: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    now: datetime,
) -> None:
    """Add an entry, in the transaction of the act itself."""
    session.execute(
        insert(AuditEntryRow).values(
            at=now,
            actor=actor,
            action=action,
            target=target,
            reason=reason,
            before=None if before is None else dict(before),
            after=None if after is None else dict(after),
        )
    )


def find_all(
    session: Session, *, target: str | None = None, before_id: int | None = None, limit: int = 100
) -> list[AuditEntry]:
    """Return entries, newest first; `before_id` continues a list."""
    statement = select(AuditEntryRow).order_by(AuditEntryRow.id.desc()).limit(limit)
    if target is not None:
        statement = statement.where(AuditEntryRow.target == target)
    if before_id is not None:
        statement = statement.where(AuditEntryRow.id < before_id)
    return [_entry(row) for row in session.execute(statement).scalars()]


def get(session: Session, number: int) -> AuditEntry | None:
    """Return an entry by number; None where there is none."""
    row = session.get(AuditEntryRow, number)
    return None if row is None else _entry(row)


def acts_of(session: Session, actor: str, actions: Collection[str], *, limit: int) -> list[AuditEntry]:
    """Return the last acts of these kinds of a person, the latest first."""
    row = AuditEntryRow
    found = (
        select(row).where(row.actor == actor, row.action.in_(actions)).order_by(row.id.desc()).limit(limit)
    )
    return [_entry(each) for each in session.execute(found).scalars()]


def _entry(row: AuditEntryRow) -> AuditEntry:
    return AuditEntry(**{name: getattr(row, name) for name in AuditEntry.__dataclass_fields__})
