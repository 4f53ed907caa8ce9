"""Definitions: every kind is kept as versions with author and reason; nothing is edited in place."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic

from sqlalchemy import Select, and_, func, insert, select, tuple_, update
from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound
from monitor.domain.pack import Definition
from monitor.storage.batches import in_batches
from monitor.storage.kinds import KIND_NAMES, KINDS, T
from monitor.storage.rows.definitions import DefinitionRow, DefinitionVersionRow
from monitor.storage.sequence import lock, next_seq
from monitor.storage.snapshot import WRITTEN, Definitions, current_seq, load_all
from monitor.storage.structure import as_today, from_json, to_json

__all__ = [
    "Definitions", "Saved", "VersionOf", "archive", "as_of_seq", "current_seq", "find_all", "get",
    "history", "load_all", "save", "save_all",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionOf(Generic[T]):
    """One version of a definition; `value` None says that it was archived then."""

    slug: str
    version: int
    seq: int
    effective_at: datetime
    stored_at: datetime
    author: str
    reason: str
    origin: str
    value: T | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A definition that got a new version."""

    kind: str
    slug: str
    version: int
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Current:
    """What is stored now under a kind and slug."""

    id: int
    version: int
    body: dict[str, Any] | None


def save(  # noqa: PLR0913 - who, why and since when are asked of every edit
    session: Session,
    value: Definition,
    *,
    author: str,
    reason: str,
    effective_at: datetime,
    now: datetime,
    origin: str = "admin",
    pack: str = "",
) -> int | None:
    """Store a new version and return its number; None if nothing differs from the current one."""
    saved = save_all(
        session,
        [value],
        author=author,
        reason=reason,
        effective_at=effective_at,
        now=now,
        origin=origin,
        pack=pack,
    )
    return saved[0].version if saved else None


def save_all(  # noqa: PLR0913 - the same for many
    session: Session,
    values: Iterable[Definition],
    *,
    author: str,
    reason: str,
    effective_at: datetime,
    now: datetime,
    origin: str = "admin",
    pack: str = "",
) -> list[Saved]:
    """Store a new version of each value that differs from the current one; return those, in order."""
    bodies = {(KIND_NAMES[type(value)], value.slug): to_json(value) for value in values}
    lock(session)
    session.info[WRITTEN] = True
    current = _current(session, bodies)
    changed = [key for key, body in bodies.items() if key not in current or current[key].body != body]
    if not changed:
        return []
    ids = _ensure(session, [key for key in changed if key not in current])
    ids |= {key: row.id for key, row in current.items()}
    saved = [_saved(key, current.get(key)) for key in changed]
    shared = {
        "seq": next_seq(session),
        "effective_at": effective_at,
        "stored_at": now,
        "author": author,
        "reason": reason,
        "origin": origin,
    }
    _write_versions(session, saved, ids=ids, bodies=bodies, shared=shared)
    _point_at(session, saved, ids=ids, digests=_digests(bodies) if origin == "pack" else {}, pack=pack)
    return saved


def archive(
    session: Session, kind: type[T], slug: str, *, author: str, reason: str, now: datetime
) -> int | None:
    """Take a definition out of use; its history stays. None if it was already."""
    key = (KIND_NAMES[kind], slug)
    lock(session)
    session.info[WRITTEN] = True
    row = _current(session, [key]).get(key)
    if row is None:
        raise NotFound(f"there is no {_spoken(kind)} {slug}")
    if row.body is None:
        return None
    shared = {
        "seq": next_seq(session),
        "effective_at": now,
        "stored_at": now,
        "author": author,
        "reason": reason,
    }
    saved = [_saved(key, row)]
    _write_versions(
        session, saved, ids={key: row.id}, bodies={key: None}, shared=shared | {"origin": "admin"}
    )
    values = {"version": row.version + 1, "archived_at": now}
    session.execute(update(DefinitionRow).where(DefinitionRow.id == row.id).values(**values))
    return row.version + 1


def get(session: Session, kind: type[T], slug: str) -> T:
    """Return the definition in force; NotFound if there is none, or it was archived."""
    body = session.execute(_bodies(kind).where(DefinitionRow.slug == slug)).scalar_one_or_none()
    if body is None:
        raise NotFound(f"there is no {_spoken(kind)} {slug}")
    return from_json(body, kind)


def find_all(session: Session, kind: type[T]) -> list[T]:
    """Return all definitions of a kind in force, by slug."""
    return [
        from_json(body, kind)
        for body in session.execute(_bodies(kind).order_by(DefinitionRow.slug)).scalars()
    ]


def history(session: Session, kind: type[T], slug: str) -> list[VersionOf[T]]:
    """Return all versions of a definition, oldest first."""
    statement = (
        select(DefinitionVersionRow)
        .join(DefinitionRow, DefinitionRow.id == DefinitionVersionRow.definition_id)
        .where(DefinitionRow.kind == KIND_NAMES[kind], DefinitionRow.slug == slug)
        .order_by(DefinitionVersionRow.version)
    )
    return [_version_of(row, kind, slug) for row in session.execute(statement).scalars()]


def as_of_seq(session: Session, kind: type[T], seq: int) -> list[T]:
    """Return the definitions of a kind that were in force when `seq` was the last number taken, by slug."""
    last = (
        select(DefinitionVersionRow.definition_id, func.max(DefinitionVersionRow.version).label("version"))
        .where(DefinitionVersionRow.seq <= seq)
        .group_by(DefinitionVersionRow.definition_id)
        .subquery()
    )
    statement = (
        select(DefinitionVersionRow.body)
        .join(DefinitionRow, DefinitionRow.id == DefinitionVersionRow.definition_id)
        .join(
            last,
            and_(
                last.c.definition_id == DefinitionVersionRow.definition_id,
                last.c.version == DefinitionVersionRow.version,
            ),
        )
        .where(DefinitionRow.kind == KIND_NAMES[kind])
        .order_by(DefinitionRow.slug)
    )
    return [from_json(body, kind) for body in session.execute(statement).scalars() if body is not None]


def _bodies(kind: type[Any]) -> Select[dict[str, Any] | None]:
    return (
        select(DefinitionVersionRow.body)
        .join(
            DefinitionRow,
            and_(
                DefinitionRow.id == DefinitionVersionRow.definition_id,
                DefinitionRow.version == DefinitionVersionRow.version,
            ),
        )
        .where(DefinitionRow.kind == KIND_NAMES[kind], DefinitionRow.archived_at.is_(None))
    )


def _current(session: Session, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], _Current]:
    found: dict[tuple[str, str], _Current] = {}
    for part in in_batches(keys):
        statement = (
            select(
                DefinitionRow.id,
                DefinitionRow.kind,
                DefinitionRow.slug,
                DefinitionRow.version,
                DefinitionVersionRow.body,
            )
            .join(
                DefinitionVersionRow,
                and_(
                    DefinitionRow.id == DefinitionVersionRow.definition_id,
                    DefinitionRow.version == DefinitionVersionRow.version,
                ),
            )
            .where(tuple_(DefinitionRow.kind, DefinitionRow.slug).in_(part))
        )
        for number, kind, slug, version, body in session.execute(statement):
            found[kind, slug] = _Current(id=number, version=version, body=as_today(body, KINDS[kind]))
    return found


def _ensure(session: Session, keys: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    if not keys:
        return {}
    statement = insert(DefinitionRow).returning(DefinitionRow.kind, DefinitionRow.slug, DefinitionRow.id)
    blank = {"version": 0, "pack": "", "pack_digest": "", "archived_at": None}
    rows = [{"kind": kind, "slug": slug} | blank for kind, slug in keys]
    return {(kind, slug): number for kind, slug, number in session.execute(statement, rows)}


def _saved(key: tuple[str, str], current: _Current | None) -> Saved:
    version = 1 if current is None else current.version + 1
    return Saved(kind=key[0], slug=key[1], version=version, is_new=current is None)


def _write_versions(
    session: Session,
    saved: list[Saved],
    *,
    ids: dict[tuple[str, str], int],
    bodies: Any,
    shared: dict[str, Any],
) -> None:
    rows = [
        shared
        | {
            "definition_id": ids[item.kind, item.slug],
            "version": item.version,
            "body": bodies[item.kind, item.slug],
        }
        for item in saved
    ]
    session.execute(insert(DefinitionVersionRow), rows)


def _point_at(
    session: Session,
    saved: list[Saved],
    *,
    ids: dict[tuple[str, str], int],
    digests: dict[tuple[str, str], str],
    pack: str,
) -> None:
    """Make the new versions current; what came from a pack keeps its digest, so that edits since show."""
    rows: list[dict[str, Any]] = []
    for item in saved:
        key = (item.kind, item.slug)
        row: dict[str, Any] = {"id": ids[key], "version": item.version, "archived_at": None}
        rows.append(row | ({"pack": pack, "pack_digest": digests[key]} if digests else {}))
    session.execute(update(DefinitionRow), rows)


def _digests(bodies: dict[tuple[str, str], Any]) -> dict[tuple[str, str], str]:
    return {
        key: hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        for key, body in bodies.items()
    }


def _version_of(row: DefinitionVersionRow, kind: type[T], slug: str) -> VersionOf[T]:
    return VersionOf(
        slug=slug,
        version=row.version,
        seq=row.seq,
        effective_at=row.effective_at,
        stored_at=row.stored_at,
        author=row.author,
        reason=row.reason,
        origin=row.origin,
        value=None if row.body is None else from_json(row.body, kind),
    )


def _spoken(kind: type[Any]) -> str:
    return KIND_NAMES[kind].replace("_", " ")
