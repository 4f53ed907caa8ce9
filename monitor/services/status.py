"""What `heatwatch status --json` prints: where every subject stands and what moved it (docs/status.md)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.clock import epoch, moment
from monitor.domain.model import Model
from monitor.services.overview.ledgers import Span, driver_movers, ledgers, top_movers
from monitor.services.overview.standings import model_from, shown, standing
from monitor.services.overview.values import Mover, Standing
from monitor.storage import alerts, heat_points, snapshot, subjects
from monitor.storage.heat_points import HeatPoint
from monitor.storage.subjects import SubjectState

DEFAULT_DAYS = 90


def status(
    session: Session, *, now: datetime, since: datetime | None = None, with_exercises: bool = False
) -> dict[str, Any]:
    """Return every subject's state as plain values, worst first; `since` is on each subject's clock."""
    known = snapshot.current(session)
    wanted = shown(known, with_exercises=with_exercises)
    slugs = [subject.slug for subject in wanted]
    states, points = subjects.states(session, slugs), heat_points.last(session, slugs)
    models = {subject.slug: model_from(known, subject) for subject in wanted if subject.slug in points}
    spans = {slug: _span(model, points[slug], since) for slug, model in models.items()}
    found = ledgers(session, spans.values())
    open_alerts = alerts.find_open(session, slugs)
    rows = []
    for subject in wanted:
        state = states.get(subject.slug) or SubjectState(slug=subject.slug)
        where = standing(known, subject, state=state, point=points.get(subject.slug), now=now)
        row = _row(where) | {"open_alerts": sum(alert.subject == subject.slug for alert in open_alerts)}
        if subject.slug in models:
            model, change = models[subject.slug], found[subject.slug]
            row |= {
                "since": _iso(moment(spans[subject.slug].start)),
                "change": change.delta_heat,
                "movers": [_mover(mover, "driver") for mover in driver_movers(model, change)],
                "series": [_mover(mover, "series") for mover in top_movers(known, model, change, most=10)],
            }
        rows.append((where, row))
    rows.sort(key=lambda pair: (*pair[0].rank, pair[0].name))
    return {"now": _iso(now), "subjects": [row for _, row in rows]}


def _span(model: Model, point: HeatPoint, since: datetime | None) -> Span:
    start = point.at - int(timedelta(days=DEFAULT_DAYS).total_seconds()) if since is None else epoch(since)
    return Span(model=model, point=point, start=min(start, point.at))


def _row(where: Standing) -> dict[str, Any]:
    return {
        "slug": where.slug,
        "name": where.name,
        "kind": where.kind,
        "scale": where.scale.slug,
        "heat": where.heat,
        "level": where.level or "Unknown",
        "last_level": where.last_level,
        "concern": None if where.concern is None else int(where.concern),
        "concern_name": "unknown" if where.concern is None else where.concern.word,
        "coverage": where.coverage,
        "min_coverage": where.min_coverage,
        "confidence": where.confidence,
        "carried": where.carried,
        "clock": where.clock.value,
        "as_of": _iso(where.as_of),
        "is_archive": where.is_archive,
        "is_exercise": where.is_exercise,
        "change": None,
        "movers": [],
        "series": [],
    }


def _mover(mover: Mover, kind: str) -> dict[str, Any]:
    return {
        kind: mover.name,
        "slug": mover.slug,
        "delta": mover.change.delta,
        "is_worse": mover.change.is_worse,
    }


def _iso(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")
