"""Visits: when each person last looked at a subject."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.storage.rows.desk import VisitRow
from monitor.storage.upsert import insert_or


def record(session: Session, person_id: int, subject: str, *, now: datetime) -> None:
    """Say that a person looks at a subject now."""
    statement = insert_or(session, VisitRow).values(person_id=person_id, subject=subject, at=now)
    session.execute(
        statement.on_conflict_do_update(index_elements=["person_id", "subject"], set_={"at": now})
    )


def last(session: Session, person_id: int, subjects: Collection[str]) -> dict[str, datetime]:
    """Return when a person last looked at each of these subjects."""
    statement = select(VisitRow.subject, VisitRow.at).where(
        VisitRow.person_id == person_id, VisitRow.subject.in_(subjects)
    )
    return {subject: at for subject, at in session.execute(statement)}  # noqa: C416 - rows are no pairs to dict()
