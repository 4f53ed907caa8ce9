"""What stands in the database beside what packs brought: the ground on which an upgrade is decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from monitor.storage.kinds import KINDS
from monitor.storage.rows.definitions import DefinitionRow, DefinitionVersionRow
from monitor.storage.structure import as_today


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A definition in force, and what the last pack that wrote it said; bodies are JSON.

    `body` None: it was archived. `base` None: no pack ever wrote it.
    """

    kind: str
    slug: str
    pack: str
    body: dict[str, Any] | None
    base: dict[str, Any] | None
    is_from_pack: bool
    author: str
    reason: str
    stored_at: datetime


def installed(session: Session) -> dict[tuple[str, str], Installed]:
    """Return every definition by kind and slug, archived ones too, in one query."""
    of_pack = (
        select(DefinitionVersionRow.definition_id, func.max(DefinitionVersionRow.version).label("version"))
        .where(DefinitionVersionRow.origin == "pack")
        .group_by(DefinitionVersionRow.definition_id)
        .subquery()
    )
    statement = (
        select(DefinitionRow, DefinitionVersionRow)
        .join(DefinitionVersionRow, DefinitionVersionRow.definition_id == DefinitionRow.id)
        .outerjoin(of_pack, of_pack.c.definition_id == DefinitionRow.id)
        .where(
            or_(
                DefinitionVersionRow.version == DefinitionRow.version,
                and_(of_pack.c.version.is_not(None), DefinitionVersionRow.version == of_pack.c.version),
            )
        )
        .order_by(DefinitionRow.kind, DefinitionRow.slug, DefinitionVersionRow.version)
    )
    versions: dict[tuple[str, str], list[tuple[DefinitionRow, DefinitionVersionRow]]] = {}
    for row, version in session.execute(statement):
        versions.setdefault((row.kind, row.slug), []).append((row, version))
    return {key: _installed(found) for key, found in versions.items()}


def _installed(found: list[tuple[DefinitionRow, DefinitionVersionRow]]) -> Installed:
    row, current = found[-1]
    bases: Mapping[bool, Any] = {version.origin == "pack": version.body for _, version in found}
    return Installed(
        kind=row.kind,
        slug=row.slug,
        pack=row.pack,
        body=as_today(current.body, KINDS[row.kind]),
        base=as_today(bases.get(True), KINDS[row.kind]),
        is_from_pack=current.origin == "pack",
        author=current.author,
        reason=current.reason,
        stored_at=current.stored_at,
    )
