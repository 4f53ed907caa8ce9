"""How subjects stood when a shift began and stand now, with what moved them; a fixed number of queries."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.clock import ClockMode, epoch
from monitor.domain.scale import UNKNOWN, Concern
from monitor.domain.shifts.facts import LEAST_MOVE, SubjectFact
from monitor.domain.spoken import signed
from monitor.services.overview.ledgers import Span, ledgers, top_movers
from monitor.services.overview.standings import model_from, shown, standing
from monitor.services.overview.values import Standing
from monitor.storage import heat_points, subjects
from monitor.storage.heat_points import HeatLine, HeatPoint, Origin
from monitor.storage.snapshot import Definitions
from monitor.storage.subjects import SubjectState

# A subject that is watched has a point a day, so that one before the shift began is found.
_BEFORE = timedelta(days=3)
_Then = tuple[float | None, str, Concern | None]


def subject_facts(
    session: Session, known: Definitions, *, since_at: datetime, now: datetime
) -> tuple[SubjectFact, ...]:
    """Return every subject but exercises, by name; one whose clock stands has not moved."""
    wanted = shown(known, with_exercises=False)
    slugs = [subject.slug for subject in wanted]
    states, points = subjects.states(session, slugs), heat_points.last(session, slugs)
    lines = heat_points.lines(session, slugs, since_at - _BEFORE, origin=Origin.PUBLISHED)
    found: list[tuple[Standing, _Then]] = []
    for subject in wanted:
        state = states.get(subject.slug) or SubjectState(slug=subject.slug)
        where = standing(known, subject, state=state, point=points.get(subject.slug), now=now)
        then = _now(where)
        if where.clock is ClockMode.LIVE:
            then = _then(lines[subject.slug], epoch(since_at))
        found.append((where, then))
    moved = [where.slug for where, then in found if _has_moved(where, then)]
    movers = _movers(session, known, moved, points, since=epoch(since_at))
    facts = [_fact(where, then, movers.get(where.slug, ())) for where, then in found]
    return tuple(sorted(facts, key=lambda each: each.name))


def _now(where: Standing) -> _Then:
    return where.heat, where.level, None if where.is_unknown else where.concern


def _then(line: HeatLine, start: int) -> _Then:
    """Return heat, level and concern in force at a second; nothing before the first point."""
    place = int(np.searchsorted(line.at, start, side="right")) - 1
    if place < 0:
        return None, "", None
    heat, level = float(line.heat[place]), line.levels[place]
    return (None if np.isnan(heat) else heat), level, None if level == UNKNOWN else line.concerns[place]


def _has_moved(where: Standing, then: _Then) -> bool:
    if where.is_unknown or where.heat is None:
        return False
    heat, level, _ = then
    return level not in {"", where.level} or (heat is not None and abs(where.heat - heat) >= LEAST_MOVE)


def _movers(
    session: Session, known: Definitions, slugs: list[str], points: Mapping[str, HeatPoint], *, since: int
) -> dict[str, tuple[str, ...]]:
    models = {slug: model_from(known, known.subjects[slug]) for slug in slugs if slug in points}
    spans = [
        Span(model=model, point=points[slug], start=min(since, points[slug].at))
        for slug, model in models.items()
    ]
    found = ledgers(session, spans)
    return {
        slug: tuple(
            ", ".join(part for part in (each.name, each.detail, signed(each.change.delta)) if part)
            for each in top_movers(known, model, found[slug])
        )
        for slug, model in models.items()
    }


def _fact(where: Standing, then: _Then, movers: tuple[str, ...]) -> SubjectFact:
    heat, level, concern = then
    return SubjectFact(
        slug=where.slug,
        name=where.name,
        end=where.scale.alarming_end,
        heat_before=heat,
        heat=None if where.is_unknown else where.heat,
        level_before=level,
        level=where.level,
        concern_before=concern,
        concern=None if where.is_unknown else where.concern,
        last_level=where.last_level,
        blind_since=where.last_level_at,
        coverage=where.coverage,
        min_coverage=where.min_coverage,
        movers=movers,
    )
