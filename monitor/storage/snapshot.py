"""All definitions in force, read in one query: what a worker keeps until their `seq` moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from monitor.domain.citation import Citation
from monitor.domain.event import Event
from monitor.domain.indicator import Indicator
from monitor.domain.pack import PackEdition
from monitor.domain.placement import Placement, WeightSet
from monitor.domain.rule import Rule
from monitor.domain.scale import Scale
from monitor.domain.source import Source
from monitor.domain.statement import Statement
from monitor.domain.subject import Subject
from monitor.storage.kinds import KINDS
from monitor.storage.rows.definitions import DefinitionRow, DefinitionVersionRow
from monitor.storage.structure import from_json

_KEPT = "definitions"
WRITTEN = "definitions written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """Everything in force by slug, and the `seq` of the last change to any of it."""

    seq: int
    citations: Mapping[str, Citation]
    sources: Mapping[str, Source]
    scales: Mapping[str, Scale]
    indicators: Mapping[str, Indicator]
    subjects: Mapping[str, Subject]
    placements: Mapping[str, Placement]
    weight_sets: Mapping[str, WeightSet]
    rules: Mapping[str, Rule]
    events: Mapping[str, Event]
    statements: Mapping[str, Statement]
    pack_editions: Mapping[str, PackEdition]
    versions: Mapping[tuple[str, str], int]
    _placed: Mapping[str, tuple[Placement, ...]]
    _ruled: Mapping[str, tuple[Rule, ...]]

    def placements_of(self, subject: str) -> tuple[Placement, ...]:
        """Return the placements under a subject, by slug."""
        return self._placed.get(subject, ())

    def rules_of(self, subject: str) -> tuple[Rule, ...]:
        """Return the rules of a subject, by slug."""
        return self._ruled.get(subject, ())

    def version_of(self, kind: str, slug: str) -> int:
        """Return the version in force of `kind` ("rule", "indicator" ...); 0 if there is none."""
        return self.versions.get((kind, slug), 0)


def current_seq(session: Session) -> int:
    """Return the number of the last change to any definition: what a kept snapshot is compared by."""
    return session.execute(select(func.coalesce(func.max(DefinitionVersionRow.seq), 0))).scalar_one()


def current(session: Session) -> Definitions:
    """Return all definitions in force, read anew only if any has changed since the last time."""
    kept = session.info.get("kept", {})
    snapshot: Definitions | None = kept.get(_KEPT)
    if snapshot is not None and snapshot.seq == current_seq(session):
        return snapshot
    snapshot = load_all(session)
    # What this session has written itself may yet be undone, and its number given to something else.
    if not session.info.get(WRITTEN):
        kept[_KEPT] = snapshot
    return snapshot


def load_all(session: Session) -> Definitions:
    """Return all definitions in force."""
    found: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
    versions: dict[tuple[str, str], int] = {}
    seq = current_seq(session)
    statement = (
        select(DefinitionRow.kind, DefinitionRow.slug, DefinitionRow.version, DefinitionVersionRow.body)
        .join(
            DefinitionVersionRow,
            and_(
                DefinitionRow.id == DefinitionVersionRow.definition_id,
                DefinitionRow.version == DefinitionVersionRow.version,
            ),
        )
        .where(DefinitionRow.archived_at.is_(None))
        .order_by(DefinitionRow.kind, DefinitionRow.slug)
    )
    for kind, slug, version, body in session.execute(statement):
        found[kind][slug] = from_json(body, KINDS[kind])
        versions[kind, slug] = version
    return Definitions(
        seq=seq,
        versions=versions,
        _placed=_by_subject(found["placement"].values()),
        _ruled=_by_subject(found["rule"].values()),
        **{f"{kind}s": values for kind, values in found.items()},
    )


def _by_subject(values: Any) -> dict[str, tuple[Any, ...]]:
    groups: dict[str, list[Any]] = {}
    for value in values:
        groups.setdefault(value.subject, []).append(value)
    return {subject: tuple(group) for subject, group in groups.items()}
