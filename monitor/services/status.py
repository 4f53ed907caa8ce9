"""Where every subject stands, as `heatwatch status --json` prints it (docs/status.md)."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TypedDict

from sqlalchemy.orm import Session

from monitor.domain.clock import epoch
from monitor.domain.ledger import Ledger, Moment, ledger
from monitor.domain.scale import Concern
from monitor.domain.subject import Subject
from monitor.services.overview.standings import model_from, shown, standing
from monitor.services.overview.values import Standing
from monitor.storage import alerts, heat_points, series, subjects
from monitor.storage.snapshot import Definitions, current

FORMAT = 1
SPAN = timedelta(days=90)


class MoverStatus(TypedDict):
    """How many points of heat one driver moved; `driver` empty: an edit of method or weights."""

    driver: str
    name: str
    delta: float


class SubjectStatus(TypedDict):
    """One subject; None where there is nothing to say."""

    slug: str
    name: str
    kind: str
    scale: str
    alarming_end: str
    level: str
    concern: str | None
    heat: float | None
    last_level: str
    coverage: float | None
    min_coverage: float
    confidence: float | None
    clock: str
    as_of: str
    since: str
    delta: float | None
    movers: list[MoverStatus]
    open_alerts: int
    worst_alert: str | None
    is_exercise: bool


class Status(TypedDict):
    """All subjects, worst first."""

    format: int
    now: str
    subjects: list[SubjectStatus]


def status(session: Session, *, now: datetime, since: datetime | None, with_exercises: bool) -> Status:
    """Return where all subjects stand; `since` None asks what moved them in the 90 days before their now."""
    known = current(session)
    wanted = shown(known, with_exercises=with_exercises)
    slugs = [subject.slug for subject in wanted]
    states, points = subjects.states(session, slugs), heat_points.last(session, slugs)
    standings = [
        standing(known, subject, state=states[subject.slug], point=points.get(subject.slug), now=now)
        for subject in wanted
        if subject.slug in states
    ]
    firing: defaultdict[str, list[Concern]] = defaultdict(list)
    for alert in alerts.find_open(session, slugs):
        firing[alert.subject].append(alert.concern)
    lines = [
        _line(
            item,
            known.subjects[item.slug],
            moved=_moved(session, known, item, since=since or item.as_of - SPAN),
            since=since or item.as_of - SPAN,
            concerns=firing[item.slug],
        )
        for item in sorted(standings, key=lambda item: (item.rank, item.name))
    ]
    return Status(format=FORMAT, now=now.isoformat(), subjects=lines)


def _moved(session: Session, known: Definitions, item: Standing, *, since: datetime) -> Ledger | None:
    """Explain the move from `since` to the subject's now, both as known then, by today's definitions."""
    if since >= item.as_of:
        return None
    model = model_from(known, known.subjects[item.slug])
    columns = series.columns(session, [placed.placement.series for placed in model.placements])
    before, after = (Moment(model=model, columns=columns, at=epoch(moment)) for moment in (since, item.as_of))
    found = ledger(before, after)
    return None if found.before_heat is None or found.after_heat is None else found


def _line(
    item: Standing, subject: Subject, *, moved: Ledger | None, since: datetime, concerns: list[Concern]
) -> SubjectStatus:
    return SubjectStatus(
        slug=item.slug,
        name=item.name,
        kind=item.kind,
        scale=item.scale.slug,
        alarming_end=item.scale.alarming_end.value,
        level=item.level or "Unknown",
        concern=None if item.concern is None else item.concern.word,
        heat=item.heat,
        last_level=item.last_level,
        coverage=item.coverage,
        min_coverage=item.min_coverage,
        confidence=item.confidence,
        clock=item.clock.value,
        as_of=item.as_of.isoformat(),
        since=since.isoformat(),
        delta=None if moved is None else moved.delta_heat,
        movers=[] if moved is None else _movers(moved, subject),
        open_alerts=len(concerns),
        worst_alert=max(concerns).word if concerns else None,
        is_exercise=item.is_exercise,
    )


def _movers(moved: Ledger, subject: Subject) -> list[MoverStatus]:
    """Return the drivers by how far they moved heat, the furthest first; they add up to the whole."""
    deltas: defaultdict[str, float] = defaultdict(float)
    for term in moved.terms:
        deltas[term.driver] += term.heat_delta
    names = {driver.slug: driver.name for driver in subject.drivers}
    found = [
        MoverStatus(driver=slug, name=names.get(slug, ""), delta=delta) for slug, delta in deltas.items()
    ]
    return sorted(found, key=lambda mover: (-abs(mover["delta"]), mover["driver"]))
