"""A draft over the definitions in force: what they would be, and which subjects that touches."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.alerting.rule import Rule
from monitor.domain.derivations.derived import require_no_circles
from monitor.domain.derivations.member import members_by_subject
from monitor.domain.errors import MonitorError
from monitor.domain.indicator import Indicator
from monitor.domain.pack import Definition, Pack
from monitor.domain.placement import Placement, WeightSet
from monitor.domain.scale import RISK, STANDING, Scale
from monitor.domain.scoring.model import Model
from monitor.domain.subject import Subject
from monitor.packs.read_draft import DraftRead, read_draft
from monitor.services.changed_meanwhile import versions_seen
from monitor.services.model_of import model_by
from monitor.storage import snapshot
from monitor.storage.snapshot import Definitions

_MAPS: dict[type, str] = {
    Indicator: "indicators", Subject: "subjects", Placement: "placements", Rule: "rules", Scale: "scales",
    WeightSet: "weight_sets",
}  # fmt: skip


def load_draft(session: Session, path: Path, *, kinds: Iterable[str] | None = None) -> DraftRead:
    """Read a draft file against the definitions in force, whose versions come with it; no exercise's."""
    known = snapshot.current(session)
    in_force = pack_in_force(known)
    found = read_draft(path, in_force) if kinds is None else read_draft(path, in_force, kinds=kinds)
    return replace(found, seen=versions_seen(known, found.values))


def pack_in_force(known: Definitions) -> Pack:
    """Return all definitions in force as one pack, without exercises and the built-in scales."""
    placed = [each for each in known.placements.values() if "@" not in each.subject]
    return Pack(
        slug="in-force", name="In force", version="0", licence="",
        citations=tuple(known.citations.values()),
        sources=tuple(known.sources.values()),
        scales=tuple(each for each in known.scales.values() if each not in (STANDING, RISK)),
        indicators=tuple(known.indicators.values()),
        subjects=tuple(each for each in known.subjects.values() if not each.is_exercise),
        placements=tuple(placed),
        weight_sets=tuple(each for each in known.weight_sets.values() if "@" not in each.subject),
        rules=tuple(each for each in known.rules.values() if "@" not in each.slug),
        routings=tuple(known.routings.values()),
        events=tuple(known.events.values()),
        statements=tuple(known.statements.values()),
    )  # fmt: skip


def with_draft(known: Definitions, values: Iterable[Definition]) -> Definitions:
    """Return the definitions as they would be; what has no part in heat or alerts is left as it is."""
    maps: dict[str, Any] = {name: dict(getattr(known, name)) for name in _MAPS.values()}
    for value in values:
        if type(value) in _MAPS:
            maps[_MAPS[type(value)]][value.slug] = value
    drafted = replace(
        known,
        **maps,
        _placed=_by_subject(maps["placements"]),
        _ruled=_by_subject(maps["rules"]),
    )
    require_no_circles(drafted.indicators, members_by_subject(drafted.placements.values()))
    return drafted


def touched(before: Definitions, after: Definitions) -> list[str]:
    """Return the subjects whose model or rules differ, exercises aside."""
    every = sorted({*before.subjects, *after.subjects})
    return [slug for slug in every if "@" not in slug and _differs(before, after, slug)]


def _differs(before: Definitions, after: Definitions, slug: str) -> bool:
    return before.rules_of(slug) != after.rules_of(slug) or _model(before, slug) != _model(after, slug)


def _model(known: Definitions, slug: str) -> Model | None:
    try:
        return model_by(known, slug)
    except MonitorError:
        return None


def _by_subject(values: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    groups: dict[str, list[Any]] = {}
    for _, value in sorted(values.items()):
        groups.setdefault(value.subject, []).append(value)
    return {subject: tuple(group) for subject, group in groups.items()}
