"""All definitions in force, read in one query: what a worker keeps until their `seq` moves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session

from monitor.domain.alerting.routing import Routing
from monitor.domain.alerting.rule import Rule
from monitor.domain.citation import Citation
from monitor.domain.derivations.member import MEMBER, SUBJECT
from monitor.domain.event import Event
from monitor.domain.indicator import Indicator
from monitor.domain.pack import PackEdition
from monitor.domain.placement import Placement, WeightSet
from monitor.domain.scale import Scale
from monitor.domain.source import Source
from monitor.domain.statement import Statement
from monitor.domain.subject import Subject
from monitor.storage.engine import ONE_SNAPSHOT
from monitor.storage.kinds import KINDS
from monitor.storage.rows.definitions import DefinitionRow, DefinitionVersionRow
from monitor.storage.structure import from_json

_KEPT, _SEEN = "definitions", "definitions seen"
_OF_VERSION = 4
WRITTEN = "definitions written"
# Asked at every turn of a worker: made once.
_LAST_SEQ = select(func.coalesce(func.max(DefinitionVersionRow.seq), 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """Everything in force by slug, and the `seq` of the last change to any of it.

    `kept` is for what callers make from these definitions and want again: compiled models, say.
    """

    seq: int
    citations: Mapping[str, Citation]
    sources: Mapping[str, Source]
    scales: Mapping[str, Scale]
    indicators: Mapping[str, Indicator]
    subjects: Mapping[str, Subject]
    placements: Mapping[str, Placement]
    weight_sets: Mapping[str, WeightSet]
    rules: Mapping[str, Rule]
    routings: Mapping[str, Routing]
    events: Mapping[str, Event]
    statements: Mapping[str, Statement]
    pack_editions: Mapping[str, PackEdition]
    versions: Mapping[tuple[str, str], int]
    _placed: Mapping[str, tuple[Placement, ...]]
    _ruled: Mapping[str, tuple[Rule, ...]]
    # Not for `replace`: what was made from these does not hold for others.
    kept: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

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
    return session.execute(_LAST_SEQ).scalar_one()


def current(session: Session) -> Definitions:
    """Return all definitions in force, read anew only if any has changed since the last time."""
    seen: tuple[Any, Definitions] | None = session.info.get(_SEEN)
    if seen is not None and seen[0] is session.get_transaction():
        return seen[1]
    snapshot = _current(session)
    # In one that reads of one moment nothing changes any more.
    if session.info.get(ONE_SNAPSHOT):
        session.info[_SEEN] = session.get_transaction(), snapshot
    return snapshot


def _current(session: Session) -> Definitions:
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
    seq = current_seq(session)
    statement = (
        _versions()
        .where(DefinitionRow.archived_at.is_(None))
        .where(DefinitionRow.version == DefinitionVersionRow.version)
    )
    return _definitions(session.execute(statement), seq=seq)


def at_seq(session: Session, seq: int) -> Definitions:
    """Return all definitions as they were in force when `seq` was the last number taken."""
    last = (
        select(DefinitionVersionRow.definition_id, func.max(DefinitionVersionRow.version).label("version"))
        .where(DefinitionVersionRow.seq <= seq)
        .group_by(DefinitionVersionRow.definition_id)
        .subquery()
    )
    is_last = and_(
        last.c.definition_id == DefinitionVersionRow.definition_id,
        last.c.version == DefinitionVersionRow.version,
    )
    return _definitions(session.execute(_versions().join(last, is_last)), seq=seq)


def as_of(session: Session, moment: datetime) -> tuple[Definitions, frozenset[tuple[str, str]]]:
    """Return the definitions in force at a moment, and the kind and slug of those not yet in force then.

    Those are used in their first version: a heat of before they were made is reckoned as they began.
    """
    last = func.max(
        case((DefinitionVersionRow.effective_at <= moment, DefinitionVersionRow.version), else_=1)
    )
    chosen = (
        select(
            DefinitionVersionRow.definition_id,
            last.label("version"),
            func.min(DefinitionVersionRow.effective_at).label("first_at"),
        )
        .group_by(DefinitionVersionRow.definition_id)
        .subquery()
    )
    is_chosen = and_(
        chosen.c.definition_id == DefinitionVersionRow.definition_id,
        chosen.c.version == DefinitionVersionRow.version,
    )
    statement = _versions(chosen.c.first_at).join(chosen, is_chosen)
    rows = session.execute(statement).all()
    early = frozenset((row.kind, row.slug) for row in rows if row.body is not None and row.first_at > moment)
    return _definitions((row[:_OF_VERSION] for row in rows), seq=current_seq(session)), early


def _versions(*more: Any) -> Select[Any]:
    """Return a select of versions with what they are versions of, by kind and slug."""
    return (
        select(
            DefinitionRow.kind, DefinitionRow.slug, DefinitionVersionRow.version, DefinitionVersionRow.body,
            *more,
        )
        .join(DefinitionVersionRow, DefinitionRow.id == DefinitionVersionRow.definition_id)
        .order_by(DefinitionRow.kind, DefinitionRow.slug)
    )  # fmt: skip


def _definitions(rows: Iterable[Any], *, seq: int) -> Definitions:
    """Sort versions by kind; one without a body says that it was archived."""
    found: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
    versions: dict[tuple[str, str], int] = {}
    for kind, slug, version, body in rows:
        if body is not None:
            found[kind][slug] = from_json(body, KINDS[kind])
            versions[kind, slug] = version
    # Members of all subjects share one indicator, which is nobody's to edit.
    found["indicator"][SUBJECT] = MEMBER
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
