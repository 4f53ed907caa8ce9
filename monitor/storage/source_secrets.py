"""Secrets of sources kept in the database, by name, sealed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from monitor.storage.rows.fetching import SecretRow
from monitor.storage.secrets import SecretBox
from monitor.storage.upsert import insert_or

_Row, _VALUE = SecretRow, "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSecret:
    """That a secret is there, since when and by whom; never what it is."""

    name: str
    set_at: datetime
    set_by: str


def put(session: Session, name: str, value: str, *, box: SecretBox, author: str, now: datetime) -> bool:
    """Keep a secret, in place of the one before; whether it is new."""
    is_new = find(session, name) is None
    told = {"sealed": box.seal({_VALUE: value}), "set_at": now, "set_by": author}
    statement = insert_or(session, _Row).values(name=name, **told)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=told))
    return is_new


def find(session: Session, name: str) -> StoredSecret | None:
    """Return that a secret is there; None if it is not."""
    row = session.execute(select(_Row).where(_Row.name == name)).scalar_one_or_none()
    return None if row is None else StoredSecret(name=row.name, set_at=row.set_at, set_by=row.set_by)


def find_all(session: Session) -> list[StoredSecret]:
    """Return which secrets are there, by name."""
    rows = session.execute(select(_Row).order_by(_Row.name)).scalars()
    return [StoredSecret(name=row.name, set_at=row.set_at, set_by=row.set_by) for row in rows]


def value(session: Session, name: str, *, box: SecretBox) -> str | None:
    """Return a secret; None if it is not there, ConfigError if its key is gone."""
    sealed = session.execute(select(_Row.sealed).where(_Row.name == name)).scalar_one_or_none()
    return None if sealed is None else box.open(sealed)[_VALUE]


def remove(session: Session, name: str) -> bool:
    """Forget a secret; whether there was one."""
    gone = session.execute(delete(_Row).where(_Row.name == name).returning(_Row.id)).all()
    return bool(gone)
