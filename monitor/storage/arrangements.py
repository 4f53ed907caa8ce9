"""Arrangements: rotas, mute windows, escalations and subscriptions, each changed by compare-and-set."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Generic, TypeVar

import orjson
from sqlalchemy import (
    Select,
    Text,
    bindparam,
    cast,
    delete,
    func,
    literal,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from monitor.domain.alerting.escalation import Escalation
from monitor.domain.alerting.rota import Rota
from monitor.domain.alerting.subscription import Subscription
from monitor.domain.alerting.window import MuteWindow
from monitor.domain.errors import Conflict, NotFound
from monitor.storage.rows.arrangements import ArrangementRow
from monitor.storage.rows.desk import PersonRow
from monitor.storage.structure import from_json, to_json
from monitor.storage.upsert import insert_or

Arrangement = Rota | MuteWindow | Escalation | Subscription
T = TypeVar("T", bound=Rota | MuteWindow | Escalation | Subscription)

_KINDS: dict[type[object], str] = {
    Rota: "rota",
    MuteWindow: "mute_window",
    Escalation: "escalation",
    Subscription: "subscription",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged(Generic[T]):
    """An arrangement as it is stored: which version, and who made that when."""

    value: T
    version: int
    changed_at: datetime
    changed_by: str


def kind_of(value: Arrangement | type[Arrangement]) -> str:
    """Return the name of an arrangement's kind: `rota`."""
    return _KINDS[value if isinstance(value, type) else type(value)]


def find(session: Session, kind: type[T], slug: str) -> Arranged[T] | None:
    """Return an arrangement; None if there is none of this name."""
    row = ArrangementRow
    statement = select(row).where(row.kind == _KINDS[kind], row.slug == slug)
    found = session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()
    return None if found is None else _arranged(found, kind)


def get(session: Session, kind: type[T], slug: str) -> Arranged[T]:
    """Return an arrangement; NotFound."""
    found = find(session, kind, slug)
    if found is None:
        raise NotFound(f"there is no {_KINDS[kind].replace('_', ' ')} {slug}")
    return found


def find_all(session: Session, kind: type[T]) -> list[Arranged[T]]:
    """Return all arrangements of a kind, by slug."""
    found = session.execute(_of_kind(), {"kind": _KINDS[kind]}).scalars()
    return [_arranged(each, kind) for each in found]


def rotas_and_names(session: Session) -> tuple[list[Rota], dict[str, str]]:
    """Return all rotas by slug, and what everyone is called by address; one query."""
    row, person = ArrangementRow, PersonRow
    rotas = select(literal(True).label("is_rota"), row.slug.label("key"), cast(row.body, Text).label("text"))
    names = select(literal(False), person.email, func.coalesce(func.nullif(person.name, ""), person.email))
    found = session.execute(
        union_all(rotas.where(row.kind == _KINDS[Rota]), names).order_by("is_rota", "key")
    ).all()
    values = [from_json(orjson.loads(text), Rota) for is_rota, _, text in found if is_rota]
    return values, {key: text for is_rota, key, text in found if not is_rota}


def save(session: Session, value: Arrangement, *, seen: int, by: str, now: datetime) -> int:
    """Store an arrangement as the next version of the one that was `seen` (0: it is new); return its number.

    Conflict if another was faster.
    """
    row, kind = ArrangementRow, kind_of(value)
    values = {"body": to_json(value), "changed_at": now, "changed_by": by, "version": seen + 1}
    if seen == 0:
        statement = insert_or(session, row).values(kind=kind, slug=value.slug, **values)
        statement = statement.on_conflict_do_nothing()
    else:
        statement = update(row).where(row.kind == kind, row.slug == value.slug, row.version == seen)
        statement = statement.values(**values).execution_options(synchronize_session=False)
    if session.execute(statement.returning(row.version)).scalar_one_or_none() is None:
        raise Conflict(f"the {kind.replace('_', ' ')} {value.slug} was changed meanwhile; look again")
    return seen + 1


def remove(session: Session, kind: type[Arrangement], slug: str) -> None:
    """Forget an arrangement; the audit log remembers."""
    row = ArrangementRow
    session.execute(delete(row).where(row.kind == _KINDS[kind], row.slug == slug))


@cache
def _of_kind() -> Select[ArrangementRow]:
    row = ArrangementRow
    statement = select(row).where(row.kind == bindparam("kind")).order_by(row.slug)
    return statement.execution_options(populate_existing=True)


def _arranged(row: ArrangementRow, kind: type[T]) -> Arranged[T]:
    return Arranged(
        value=from_json(row.body, kind),
        version=row.version,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )
