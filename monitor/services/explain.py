"""Explain: a subject's heat at a moment with all it was reckoned from, down to citation and version."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.clock import moment
from monitor.domain.derivations.formula import Formula
from monitor.domain.explanations.explain import explain as write_out
from monitor.domain.explanations.explained import Explained, Provenance
from monitor.domain.indicator import Indicator
from monitor.domain.observation import Observation
from monitor.domain.scoring.absence import absence_of
from monitor.domain.scoring.model import Placed
from monitor.services.see import Seen, see
from monitor.storage import observations, sources
from monitor.storage.heat_points import Origin
from monitor.storage.snapshot import Definitions


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a subject's heat is made of.

    `line` says which: `published` (repeats the point of number `seq`), `reconstructed` (nothing was published
    then), or `as_of`. `early` names definitions that are younger than the moment and are used as they began.
    """

    line: str
    seq: int | None
    at: datetime
    as_of: datetime | None
    versions: Mapping[str, int]
    early: tuple[str, ...]
    tree: Explained


def explain(
    session: Session, slug: str, *, at: datetime | None = None, as_of: datetime | None = None, now: datetime
) -> Explanation:
    """Explain the heat of a subject at a moment of its clock (default: where it stands).

    Without `as_of` what was published then; with it the heat by the rows known and the definitions in force
    at that moment. NotFound; InvalidInput for a moment that has not come.
    """
    seen = see(session, slug, at=at, as_of=as_of, now=now)
    point = seen.point
    return Explanation(
        line=Origin.PUBLISHED.value if point else "as_of" if as_of else Origin.RECONSTRUCTED.value,
        seq=None if point is None else point.seq,
        at=moment(seen.at),
        as_of=as_of if point is None else None,
        versions={
            kind: seen.known.version_of(kind, own)
            for kind, own in (("subject", slug), ("scale", seen.model.scale.slug))
        },
        early=tuple(f"{kind} {name}" for kind, name in seen.early),
        tree=write_out(
            seen.model,
            seen.columns,
            seen.scores,
            levels=seen.levels,
            state=seen.state,
            provenance=_provenance(session, seen, failing=() if at or as_of else sources.failing(session)),
        ),
    )


def _provenance(session: Session, seen: Seen, *, failing: Collection[str]) -> dict[str, Provenance]:
    found = seen.scores.placements
    rows = {
        placed.placement.series: (
            int(found.period_start[number, 0]), int(found.period_end[number, 0]), int(found.seq[number, 0]),
        )
        for number, placed in enumerate(seen.model.placements)
        if found.observed[number, 0]
    }  # fmt: skip
    stored = observations.stored(session, rows)
    return {
        placed.placement.slug: replace(
            _of(seen.known, placed, stored.get(placed.placement.series)),
            absence=_absence(seen, number, is_failing=placed.indicator.source in failing),
        )
        for number, placed in enumerate(seen.model.placements)
    }


def _absence(seen: Seen, number: int, *, is_failing: bool) -> str:
    """Name the kind of nothing a placement shows; a source's failure is known of the present only."""
    found = seen.scores.placements
    raw = float(found.raw[number, 0]) if found.observed[number, 0] else None
    kind = absence_of(
        seen.model.placements[number].indicator,
        raw=raw,
        freshness=float(found.freshness[number, 0]),
        is_source_failing=is_failing,
    )
    return "" if kind is None else kind.value


def _of(known: Definitions, placed: Placed, row: Observation | None) -> Provenance:
    indicator = placed.indicator
    source = known.sources.get(indicator.source)
    return Provenance(
        source=indicator.source,
        source_name="" if source is None else source.name,
        licence="" if source is None else source.licence,
        versions={
            kind: known.version_of(kind, name)
            for kind, name in (
                ("indicator", indicator.slug),
                ("placement", placed.placement.slug),
                ("source", indicator.source),
            )
        },
        derived=_derived(indicator),
        **({} if row is None else _of_row(known, row)),
    )


def _of_row(known: Definitions, row: Observation) -> dict[str, Any]:
    citation = known.citations.get(row.reading.citation)
    return {
        "citation": row.reading.citation,
        "title": "" if citation is None else citation.title,
        "url": "" if citation is None else citation.url,
        "author": row.author,
        "grade": row.reading.grade,
        "note": row.reading.note,
        "known_at": row.reading.known_at.isoformat(),
        "stored_at": row.stored_at.isoformat(),
        "is_confirmed": row.is_confirmed,
    }


def _derived(indicator: Indicator) -> str:
    """Say how a value was reckoned that was not observed itself; empty for one that was."""
    how = indicator.derived
    if how is None:
        return ""
    return how.text if isinstance(how, Formula) else how.kind
