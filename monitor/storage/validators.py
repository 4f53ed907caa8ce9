"""Validators: what to ask a source's resources with, so that only what changed is sent."""

from collections.abc import Mapping

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from monitor.domain.fetched import Validator
from monitor.storage.rows.fetching import ValidatorRow

_Row = ValidatorRow


def find(session: Session, source: str, *, settings: str) -> dict[str, Validator]:
    """Return what a source's last good run left, if it ran with these settings (a digest)."""
    statement = select(_Row).where(_Row.source == source, _Row.settings == settings)
    return {
        row.resource: Validator(etag=row.etag, modified=row.modified, digest=row.digest)
        for row in session.execute(statement).scalars()
    }


def keep(session: Session, source: str, found: Mapping[str, Validator], *, settings: str) -> None:
    """Keep what a good run left, in place of what the one before it did."""
    forget(session, source)
    rows = [
        {
            "source": source, "resource": resource, "settings": settings,
            "etag": each.etag, "modified": each.modified, "digest": each.digest,
        }
        for resource, each in found.items()
    ]  # fmt: skip
    if rows:
        session.execute(insert(_Row), rows)


def forget(session: Session, source: str) -> None:
    """Ask everything anew at the next run."""
    session.execute(delete(_Row).where(_Row.source == source))
