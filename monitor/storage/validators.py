"""Validators: what to ask a source's resources with, so that only what changed is sent."""

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from monitor.domain.fetched import Validator
from monitor.storage.rows.fetching import ValidatorRow
from monitor.storage.upsert import insert_or

_Row = ValidatorRow


def find(session: Session, source: str, *, settings: str) -> dict[str, Validator]:
    """Return what a source's last good run left, if it ran with these settings (a digest)."""
    statement = select(_Row).where(_Row.source == source, _Row.settings == settings)
    return {
        row.resource: Validator(etag=row.etag, modified=row.modified, digest=row.digest)
        for row in session.execute(statement).scalars()
    }


def keep(session: Session, source: str, found: Mapping[str, Validator], *, settings: str) -> None:
    """Keep what a good run left; what was left under other settings is forgotten."""
    session.execute(delete(_Row).where(_Row.source == source, _Row.settings != settings))
    for resource, each in found.items():
        told = {"settings": settings, "etag": each.etag, "modified": each.modified, "digest": each.digest}
        statement = insert_or(session, _Row).values(source=source, resource=resource, **told)
        session.execute(statement.on_conflict_do_update(index_elements=["source", "resource"], set_=told))


def forget(session: Session, source: str) -> None:
    """Ask everything anew at the next run."""
    session.execute(delete(_Row).where(_Row.source == source))
