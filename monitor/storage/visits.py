"""Visits: when each person last looked at a subject, or at the board, and when the time before that."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from monitor.storage.rows.desk import VisitRow
from monitor.storage.upsert import insert_or

# What the visits to the board are kept under: no subject has this name.
BOARD = ""
# Who looks again within this still looks: what they came to see stays to be seen.
ONE_LOOK = timedelta(minutes=30)


def record(session: Session, person_id: int, subject: str, *, now: datetime) -> None:
    """Say that a person looks at a subject now; after a pause it is another look, and the last is kept."""
    row = VisitRow
    statement = insert_or(session, row).values(person_id=person_id, subject=subject, at=now)
    before = case((row.at < now - ONE_LOOK, row.at), else_=row.before_at)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["person_id", "subject"], set_={"before_at": before, "at": now}
        )
    )


def looked(
    session: Session, person_id: int, subjects: Collection[str], *, now: datetime
) -> dict[str, datetime]:
    """Return when a person last looked at each of these before they came to look now."""
    row = VisitRow
    statement = select(row.subject, row.at, row.before_at).where(
        row.person_id == person_id, row.subject.in_(subjects)
    )
    found = {
        subject: before_at if now - at <= ONE_LOOK else at
        for subject, at, before_at in session.execute(statement)
    }
    return {subject: at for subject, at in found.items() if at is not None}
