"""Tokens of sources: which program may push to which source, by the hash of what it shows."""

from datetime import datetime, timedelta

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from monitor.domain.source_token import SourceToken
from monitor.storage.rows.pushes import SourceTokenRow

SEEN_EVERY = timedelta(minutes=1)

_Row = SourceTokenRow


def add(session: Session, *, source: str, token_hash: str, created_by: str, now: datetime) -> int:
    """Keep a new token and return its number."""
    values = {"source": source, "token_hash": token_hash, "created_at": now, "created_by": created_by}
    return session.execute(insert(_Row).values(values).returning(_Row.id)).scalar_one()


def find(session: Session, token_hash: str) -> SourceToken | None:
    """Return the token with a hash; None if there is none, or it was revoked."""
    statement = select(_Row).where(_Row.token_hash == token_hash, _Row.revoked_at.is_(None))
    row = session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()
    return None if row is None else _token(row)


def of_source(session: Session, source: str) -> list[SourceToken]:
    """Return all tokens a source had, newest first."""
    statement = select(_Row).where(_Row.source == source).order_by(_Row.id.desc())
    statement = statement.execution_options(populate_existing=True)
    return [_token(row) for row in session.execute(statement).scalars()]


def touch(session: Session, token_id: int, *, now: datetime) -> None:
    """Say that a token was used, at most once a minute."""
    is_due = or_(_Row.last_used_at.is_(None), _Row.last_used_at < now - SEEN_EVERY)
    session.execute(update(_Row).where(_Row.id == token_id, is_due).values(last_used_at=now))


def revoke(session: Session, source: str, *, token_id: int | None, now: datetime) -> list[int]:
    """End one token of a source, or all; return the numbers of those that were in force."""
    statement = update(_Row).where(_Row.source == source, _Row.revoked_at.is_(None))
    if token_id is not None:
        statement = statement.where(_Row.id == token_id)
    return sorted(session.execute(statement.values(revoked_at=now).returning(_Row.id)).scalars())


def _token(row: SourceTokenRow) -> SourceToken:
    return SourceToken(**{name: getattr(row, name) for name in SourceToken.__dataclass_fields__})
