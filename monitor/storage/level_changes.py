"""Level changes: every crossing of a subject's heat into another level, with its reason and ledger."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from monitor.domain.clock import epoch
from monitor.domain.ledgers.ledger import Ledger
from monitor.domain.scale import Concern
from monitor.domain.scoring.level import LevelChange, LevelReason
from monitor.storage.heat_points import Origin
from monitor.storage.rows.subjects import LevelChangeRow
from monitor.storage.structure import from_json, to_json

_PLAIN = [column for column in LevelChangeRow.__table__.columns if column.name != "ledger"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLevelChange:
    """A level change of a subject, with the `seq` of its heat point, and its ledger if there is one."""

    id: int
    subject: str
    change: LevelChange
    seq: int
    origin: Origin
    ledger: Ledger | None


def add(
    session: Session,
    subject: str,
    change: LevelChange,
    *,
    seq: int,
    ledger: Ledger | None = None,
    origin: Origin = Origin.PUBLISHED,
) -> int:
    """Store a change and return its number."""
    row = LevelChangeRow(
        subject=subject,
        at=change.at,
        seq=seq,
        from_level=change.from_level,
        to_level=change.to_level,
        from_concern=change.from_concern,
        to_concern=change.to_concern,
        heat=change.heat,
        reason=change.reason.value,
        origin=origin.value,
        ledger=None if ledger is None else to_json(ledger),
    )
    session.add(row)
    session.flush()
    return row.id


def remove_reconstructed(session: Session, subject: str) -> None:
    """Drop the changes of a reconstruction that is about to be replaced."""
    session.execute(
        delete(LevelChangeRow).where(
            LevelChangeRow.subject == subject, LevelChangeRow.origin == Origin.RECONSTRUCTED
        )
    )


def between(
    session: Session,
    subject: str,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    with_ledgers: bool = True,
) -> list[StoredLevelChange]:
    """Return the changes of a subject from `since` to `until` (both included), oldest first.

    Ledgers are most of what there is to read: a page that draws a hundred changes does without.
    """
    statement = (
        select(LevelChangeRow)
        .where(LevelChangeRow.subject == subject)
        .order_by(LevelChangeRow.at, LevelChangeRow.id)
    )
    if since is not None:
        statement = statement.where(LevelChangeRow.at >= epoch(since))
    if until is not None:
        statement = statement.where(LevelChangeRow.at <= epoch(until))
    if with_ledgers:
        return [_stored(row) for row in session.execute(statement).scalars()]
    return [_stored(row) for row in session.execute(statement.with_only_columns(*_PLAIN))]


def last(session: Session, subjects: Collection[str]) -> dict[str, StoredLevelChange]:
    """Return the change of each subject that was published last, whatever moment its clock showed."""
    place = func.row_number().over(partition_by=LevelChangeRow.subject, order_by=LevelChangeRow.id.desc())
    ranked = (
        select(LevelChangeRow.id, place.label("place"))
        .where(LevelChangeRow.subject.in_(subjects), LevelChangeRow.origin == Origin.PUBLISHED)
        .subquery()
    )
    statement = (
        select(LevelChangeRow).join(ranked, ranked.c.id == LevelChangeRow.id).where(ranked.c.place == 1)
    )
    return {row.subject: _stored(row) for row in session.execute(statement).scalars()}


def _stored(row: Any) -> StoredLevelChange:
    """Return a change of a row, or of columns without the ledger."""
    ledger = getattr(row, "ledger", None)
    change = LevelChange(
        at=row.at,
        from_level=row.from_level,
        to_level=row.to_level,
        from_concern=None if row.from_concern is None else Concern(row.from_concern),
        to_concern=None if row.to_concern is None else Concern(row.to_concern),
        heat=row.heat,
        reason=LevelReason(row.reason),
    )
    return StoredLevelChange(
        id=row.id,
        subject=row.subject,
        change=change,
        seq=row.seq,
        origin=Origin(row.origin),
        ledger=None if ledger is None else from_json(ledger, Ledger),
    )
