"""Where every subject stands, as `heatwatch status --json` prints it (docs/status.md)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import TypedDict

from sqlalchemy.orm import Session

from monitor.domain.alerting.native_event import rfc3339
from monitor.domain.clock import epoch
from monitor.domain.ledgers.ledger import Ledger
from monitor.domain.scale import UNKNOWN
from monitor.domain.scoring.absence import absence_of
from monitor.services.overview.ledgers import Span, ledgers
from monitor.services.overview.standings import model_from, shown, standing
from monitor.services.overview.values import Standing
from monitor.storage import alerts, heat_points, pressures, sources, subjects
from monitor.storage.heat_points import HeatPoint
from monitor.storage.snapshot import Definitions, current

SPAN = timedelta(days=90)


class MoverStatus(TypedDict):
    """How many points of heat one driver moved; `driver` empty: what no single driver did."""

    driver: str
    delta: float


class AbsentStatus(TypedDict):
    """A series of which there is nothing, which kind of nothing, and why where someone said so."""

    series: str
    absence: str
    reason: str


class SubjectStatus(TypedDict):
    """One subject; None where there is nothing to say."""

    slug: str
    name: str
    scale: str
    clock: str
    as_of: str
    level: str
    concern: str | None
    last_level: str | None
    last_level_at: str | None
    heat: float | None
    pressure: float | None
    coverage: float | None
    confidence: float | None
    movers: list[MoverStatus]
    absent: list[AbsentStatus]
    open_alerts: int


class Status(TypedDict):
    """All subjects, worst first."""

    subjects: list[SubjectStatus]


def status(
    session: Session, *, now: datetime, since: datetime | None = None, with_exercises: bool = False
) -> Status:
    """Return where all subjects stand; `since` None asks what moved them in the 90 days before their now."""
    known = current(session)
    wanted = {subject.slug: subject for subject in shown(known, with_exercises=with_exercises)}
    states, points = subjects.states(session, wanted), heat_points.last(session, wanted)
    standings = [
        standing(known, wanted[slug], state=state, point=points.get(slug), now=now)
        for slug, state in states.items()
    ]
    moved = _moved(session, known, standings, points=points, since=since)
    absent = _absent(session, known, wanted)
    open_alerts = Counter(alert.subject for alert in alerts.find_open(session, wanted))
    return Status(
        subjects=[
            _line(
                item,
                points.get(item.slug),
                moved=moved.get(item.slug),
                absent=absent[item.slug],
                open_alerts=open_alerts[item.slug],
            )
            for item in sorted(standings, key=lambda item: (item.rank, item.name))
        ]
    )


def _moved(
    session: Session,
    known: Definitions,
    standings: list[Standing],
    *,
    points: Mapping[str, HeatPoint],
    since: datetime | None,
) -> dict[str, Ledger]:
    """Explain each move from `since` to the subject's last point; all series are read at once."""
    starts = {item.slug: epoch(since or item.as_of - SPAN) for item in standings}
    return ledgers(
        session,
        [
            Span(model=model_from(known, known.subjects[slug]), point=points[slug], start=start)
            for slug, start in starts.items()
            if slug in points and start < points[slug].at
        ],
    )


def _line(
    item: Standing,
    point: HeatPoint | None,
    *,
    moved: Ledger | None,
    absent: list[AbsentStatus],
    open_alerts: int,
) -> SubjectStatus:
    return SubjectStatus(
        slug=item.slug,
        name=item.name,
        scale=item.scale.slug,
        clock=item.clock.value,
        as_of=rfc3339(item.as_of),
        level=item.level or UNKNOWN,
        concern=None if item.concern is None else item.concern.word,
        last_level=item.last_level or None,
        last_level_at=None if item.last_level_at is None else rfc3339(item.last_level_at),
        heat=item.heat,
        pressure=None if point is None else point.pressure,
        coverage=item.coverage,
        confidence=item.confidence,
        movers=[] if moved is None else _movers(moved),
        absent=absent,
        open_alerts=open_alerts,
    )


def _absent(
    session: Session, known: Definitions, subjects_shown: Collection[str]
) -> dict[str, list[AbsentStatus]]:
    """Return what is absent of each subject, of whichever of the four kinds."""
    found, failing = pressures.of_subjects(session, subjects_shown), sources.failing(session)
    absent: dict[str, list[AbsentStatus]] = {slug: [] for slug in subjects_shown}
    for slug, listed in absent.items():
        for placement in known.placements_of(slug):
            indicator, pressure = (
                known.indicators.get(placement.series.partition(":")[0]),
                found.get(placement.slug),
            )
            if indicator is None:
                continue
            kind = absence_of(
                indicator,
                raw=pressure.value if pressure is not None and pressure.is_observed else None,
                freshness=0.0 if pressure is None else pressure.freshness,
                is_source_failing=indicator.source in failing,
                not_applicable=placement.not_applicable,
            )
            if kind is not None:
                listed.append(
                    AbsentStatus(series=placement.series, absence=kind.value, reason=placement.not_applicable)
                )
    return absent


def _movers(moved: Ledger) -> list[MoverStatus]:
    """Return the drivers by how far they moved heat, the furthest first; none where a heat is not known."""
    if moved.before_heat is None or moved.after_heat is None:
        return []
    deltas: defaultdict[str, float] = defaultdict(float)
    for term in moved.terms:
        deltas[term.driver] += term.heat_delta
    found = [MoverStatus(driver=slug, delta=delta) for slug, delta in deltas.items() if delta]
    return sorted(found, key=lambda mover: (-abs(mover["delta"]), mover["driver"]))
