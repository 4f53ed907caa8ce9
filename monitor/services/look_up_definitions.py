"""Look definitions up: what is in force, one as a pack table, and all its versions with author and reason."""

from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.errors import InvalidInput, NotFound
from monitor.packs.write_pack import table_text as text_of
from monitor.services.draft import pack_in_force
from monitor.storage import definitions, snapshot
from monitor.storage.kinds import KINDS
from monitor.storage.structure import to_json


def list_all(session: Session, kind: str | None = None) -> list[dict[str, Any]]:
    """Return kind, slug and version of everything in force, or of one kind; InvalidInput."""
    if kind is not None:
        _require_kind(kind)
    known = snapshot.current(session)
    return [
        {"kind": each, "slug": slug, "version": version}
        for (each, slug), version in sorted(known.versions.items())
        if kind in {None, each}
    ]


def body_of(session: Session, kind: str, slug: str) -> dict[str, Any]:
    """Return a definition in force as it is stored; NotFound, InvalidInput."""
    _require_kind(kind)
    found: dict[str, Any] = to_json(definitions.get(session, KINDS[kind], slug))
    return found


def table_text(session: Session, kind: str, slug: str) -> str:
    """Return a definition in force as the table of a pack file; a placement is part of its subject's."""
    _require_kind(kind)
    definitions.get(session, KINDS[kind], slug)
    owner = slug.partition("/")[0] if kind == "placement" else slug
    table = "subject" if kind == "placement" else kind
    text = text_of(pack_in_force(snapshot.current(session)), table, owner)
    if not text:
        raise NotFound(f"{kind} {slug} is no table of a pack file; try --json")
    return text


def versions_of(session: Session, kind: str, slug: str) -> list[dict[str, Any]]:
    """Return all versions, oldest first, each with the fields in which it differs from the one before."""
    _require_kind(kind)
    found = definitions.history(session, KINDS[kind], slug)
    if not found:
        raise NotFound(f"there was never a {kind.replace('_', ' ')} {slug}")
    rows: list[dict[str, Any]] = []
    before: dict[str, Any] | None = None
    for each in found:
        body = None if each.value is None else to_json(each.value)
        rows.append(
            {
                "version": each.version,
                "effective_at": each.effective_at.isoformat().replace("+00:00", "Z"),
                "stored_at": each.stored_at.isoformat().replace("+00:00", "Z"),
                "author": each.author,
                "reason": each.reason,
                "origin": each.origin,
                "changed": sorted(_changed(before, body)),
                "body": body,
            }
        )
        before = body
    return rows  # fmt: skip


def _changed(before: dict[str, Any] | None, after: dict[str, Any] | None) -> set[str]:
    if before is None or after is None:
        return set()
    return {key for key in {*before, *after} if before.get(key) != after.get(key)}


def _require_kind(kind: str) -> None:
    if kind not in KINDS:
        raise InvalidInput(f"there is no kind {kind!r}; there are {', '.join(KINDS)}", field="kind")
