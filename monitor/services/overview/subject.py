"""A subject's page: heat line, ledger, drivers, alerts, map, events, sources; a fixed number of queries."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy.orm import Session

from monitor.domain.brief import Brief
from monitor.domain.chart import HeatChart, LedgerChart, MapChart, MomentumChart
from monitor.domain.clock import ClockMode, epoch, moment
from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.event import Event
from monitor.domain.ledgers.ledger import Ledger
from monitor.domain.marking import OPEN, Handling
from monitor.domain.phrases import phrase
from monitor.domain.scale import UNKNOWN
from monitor.domain.scoring.model import Model
from monitor.domain.series import Columns
from monitor.domain.statement import Statement
from monitor.domain.subject import Subject
from monitor.services.markings import kept_markings
from monitor.services.overview.answers import write_brief
from monitor.services.overview.board import clock_of
from monitor.services.overview.citations import Citations, Cited
from monitor.services.overview.desk import desk
from monitor.services.overview.drivers import DriverRow, IndicatorRow, driver_rows
from monitor.services.overview.flips import CrossingView, crossing_views
from monitor.services.overview.floors import FloorRow, floor_rows
from monitor.services.overview.heat_picture import DEFAULT_RANGE, RANGES, events_of, heat_picture
from monitor.services.overview.ledgers import Span, ledger_chart, ledgers
from monitor.services.overview.lines import momentum_picture, with_restated
from monitor.services.overview.open_alerts import open_alert
from monitor.services.overview.regions import region_map
from monitor.services.overview.standings import model_from, standing
from monitor.services.overview.subject_figures import Figures, figures
from monitor.services.overview.traces import blind_stretches, moves
from monitor.services.overview.values import Change, DeskView, OpenAlert, Standing, change_of
from monitor.services.read_columns import read_columns
from monitor.storage import (
    alerts,
    kept_lines,
    level_changes,
    pressures,
    series,
    snapshot,
    sources,
    stood,
    visits,
)
from monitor.storage.heat_points import HeatLine, HeatPoint, Origin
from monitor.storage.level_changes import StoredLevelChange
from monitor.storage.pressures import DriverPressure, Pressure
from monitor.storage.snapshot import Definitions
from monitor.storage.subjects import SubjectState

SPANS: Mapping[str, int] = {"1d": 1, "7d": 7, "30d": 30, "90d": 90}
DEFAULT_SPAN = "90d"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSince:
    """Since when the subject has its level, and from which."""

    at: datetime
    from_level: str
    is_reconstructed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """An event with its citation's number."""

    event: Event
    cited: Cited


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A statement and what speaks against it."""

    statement: Statement
    cited: Cited


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectView:
    """Everything on a subject's page."""

    desk: DeskView
    standing: Standing
    measures: str
    description: str
    since: LevelSince | None
    heat_low: float | None
    heat_high: float | None
    raw_pressure: float | None
    week: Change | None
    month: Change | None
    held_share: float | None
    chart: HeatChart
    momentum: MomentumChart | None
    chart_range: str
    ledger: LedgerChart | None
    span: str
    span_start: datetime
    last_visit_at: datetime | None
    drivers: tuple[DriverRow, ...]
    floors: tuple[FloorRow, ...]
    alerts: tuple[OpenAlert, ...]
    map: MapChart | None
    events: tuple[EventRow, ...]
    conflicts: tuple[Conflict, ...]
    brief: Brief
    cited: tuple[Cited, ...]
    line: HeatLine
    flips: tuple[CrossingView, ...] = ()
    handling: Handling = OPEN

    @property
    def points(self) -> float:
        """The points of heat all drivers account for, before floors."""
        return sum(driver.points for driver in self.drivers if not driver.depth)

    @property
    def lifting(self) -> FloorRow | None:
        """The floor that lifts the subject now."""
        return next((floor for floor in self.floors if floor.lift), None)

    @property
    def blind_spots(self) -> tuple[tuple[DriverRow, IndicatorRow], ...]:
        """Indicators that are stale, unseen, or rest on low grades, worst first."""
        found = [(driver, item) for driver in self.drivers for item in driver.items if item.blindness]
        return tuple(sorted(found, key=lambda pair: (pair[1].freshness, pair[1].name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What was read of one subject."""

    known: Definitions
    model: Model
    state: SubjectState
    point: HeatPoint | None
    where: Standing
    line: HeatLine
    changes: tuple[StoredLevelChange, ...]
    columns: Callable[[], Mapping[str, Columns]]
    figures: Figures
    pressures: tuple[Mapping[str, Pressure], Mapping[str, DriverPressure]]
    failing: frozenset[str]
    handling: Handling
    now: datetime


def subject_page(
    session: Session,
    slug: str,
    *,
    now: datetime,
    since: str = "",
    chart_range: str = DEFAULT_RANGE,
    is_restated: bool = False,
    person_id: int | None = None,
) -> SubjectView:
    """Return a subject's page; `since` is 7d, 30d, 90d, visit or a day. NotFound, InvalidInput."""
    known = snapshot.current(session)
    if (subject := known.subjects.get(slug)) is None:
        raise NotFound(phrase("there is no subject {slug}", slug=slug))
    read = _read(session, known, subject, now=now)
    visited = None if person_id is None else visits.looked(session, person_id, [slug], now=now).get(slug)
    start = _span_start(since, where=read.where, visited=visited)
    found = _ledger(session, read, start)
    citations = Citations(known.citations)
    drivers = _drivers(session, read, found, citations)
    floors = floor_rows(read.model, found=read.pressures[0], point=read.point)
    picture = _picture(read, found, start)
    events = _events(known, slug, citations, until=read.where.as_of)
    week, month = _moves(read)
    chart = _chart(read, events, chart_range, start, picture)
    chart = with_restated(session, chart, read.model, read.columns()) if is_restated else chart
    return SubjectView(
        desk=desk(session, now=now),
        standing=read.where,
        measures=subject.measures,
        description=subject.description,
        since=_since(read),
        heat_low=None if read.point is None else read.point.heat_low,
        heat_high=None if read.point is None else read.point.heat_high,
        raw_pressure=None if read.point is None else read.point.raw_pressure,
        week=week,
        month=month,
        held_share=read.figures.held_share,
        chart=chart,
        momentum=momentum_picture(read.line, chart),
        chart_range=chart_range if chart_range in RANGES else DEFAULT_RANGE,
        ledger=picture,
        span=since or DEFAULT_SPAN,
        span_start=start,
        last_visit_at=visited,
        drivers=drivers,
        floors=floors,
        alerts=_alerts(session, read),
        handling=read.handling,
        map=region_map(session, known, subject, until=read.where.as_of.date()),
        events=tuple(reversed(events)),
        conflicts=_conflicts(known, slug, citations),
        brief=write_brief(
            known, read.where, drivers=drivers, floors=floors, ledger=picture, citations=citations,
            month=None if month is None else month.delta,
        ),
        cited=citations.listed,
        line=read.line,
        flips=crossing_views(known, read.model, read.figures.crossings),
    )  # fmt: skip


def _read(session: Session, known: Definitions, subject: Subject, *, now: datetime) -> _Read:
    slug, model = subject.slug, model_from(known, subject)
    stands = stood.find(session, [slug]).get(slug)
    state, point = stands or (SubjectState(slug=slug), None)
    where = standing(known, subject, state=state, point=point, now=now)
    columns = cache(lambda: read_columns(session, model))
    is_known = point is not None and not where.is_unknown
    failing, given = sources.failing_and_given(session)
    return _Read(
        known=known,
        model=model,
        state=state,
        point=point,
        where=where,
        line=kept_lines.read_whole(session, slug, stands).line,
        changes=tuple(level_changes.between(session, slug, with_ledgers=False)),
        columns=columns,
        figures=figures(session, known, model, point, state, columns) if point and is_known else Figures(),
        pressures=pressures.all_of(session, slug),
        failing=failing,
        handling=kept_markings(session, given=given).of_subject(slug),
        now=now,
    )


def _span_start(since: str, *, where: Standing, visited: datetime | None) -> datetime:
    """Return when the span begins; of a clock that runs with the hour, so that its ledger can be kept."""
    as_of = where.as_of
    if since == "visit" and visited is not None:
        return min(visited, as_of)
    if since in SPANS or not since or since == "visit":
        if where.clock is ClockMode.LIVE:
            as_of = as_of.replace(minute=0, second=0, microsecond=0)
        return as_of - timedelta(days=SPANS.get(since, SPANS[DEFAULT_SPAN]))
    try:
        day = datetime.fromisoformat(f"{since}T23:59:59+00:00")
    except ValueError as error:
        raise InvalidInput(
            phrase("since is 7d, 30d, 90d, visit or a day such as 2025-08-31"), field="since"
        ) from error
    if day >= as_of:
        raise InvalidInput(phrase("the span must start before the subject's own time"), field="since")
    return day


def _ledger(session: Session, read: _Read, start: datetime) -> Ledger | None:
    if read.point is None:
        return None
    span = Span(model=read.model, point=read.point, start=min(epoch(start), read.point.at))
    return ledgers(session, [span], columns=read.columns)[read.where.slug]


def _picture(read: _Read, found: Ledger | None, start: datetime) -> LedgerChart | None:
    if found is None or read.point is None:
        return None
    begin = epoch(start)
    chart = ledger_chart(read.known, read.model, found, point=read.point, start=begin)
    # Where the line is hatched there was no level, whatever the values of then come to.
    is_blind = any(first <= begin < last for first, last in blind_stretches(read.line, until=read.point.at))
    return replace(chart, start_level=UNKNOWN) if is_blind else chart


def _drivers(
    session: Session, read: _Read, found: Ledger | None, citations: Citations
) -> tuple[DriverRow, ...]:
    own, totals = read.pressures
    return driver_rows(
        read.known, read.model,
        found=own,
        totals=totals,
        latest=series.latest(session, sorted({each.placement.series for each in read.model.placements})),
        ledger=found, citations=citations, as_of=read.where.as_of,
        failing=read.failing,
    )  # fmt: skip


def _moves(read: _Read) -> tuple[Change | None, Change | None]:
    """Return the moves over 7 and 30 days; without a level there is nothing to move."""
    if read.where.is_unknown:
        return None, None
    end = read.where.scale.alarming_end
    week, month = moves(read.line, end=end, now=epoch(read.where.as_of))
    return (
        change_of(week.change, end, week.unusual_sd),
        change_of(month.change, end, month.unusual_sd),
    )


def _since(read: _Read) -> LevelSince | None:
    """Return when the level of now began; a reconstructed change counts where none was published.

    A clock that was live for a while leaves the level, and enters it again at the moment it stands at:
    that is no new beginning.
    """
    found = None
    for each in reversed(read.changes):
        if each.change.at > epoch(read.where.as_of):
            continue
        if each.change.to_level != read.where.level:
            break
        found = each
    if found is None:
        return None
    return LevelSince(
        at=moment(found.change.at),
        from_level=found.change.from_level,
        is_reconstructed=found.origin is Origin.RECONSTRUCTED,
    )


def _chart(
    read: _Read,
    events: list[EventRow],
    chart_range: str,
    start: datetime,
    picture: LedgerChart | None,
) -> HeatChart:
    chart = heat_picture(
        read.where, read.line, read.changes, [row.event for row in events], chart_range=chart_range
    )
    if picture is None:
        return chart
    delta = None if picture.end_heat is None else picture.delta
    return replace(chart, span=(max(epoch(start), chart.start), chart.end), span_delta=delta)


def _alerts(session: Session, read: _Read) -> tuple[OpenAlert, ...]:
    slug = read.where.slug
    clocks = {slug: clock_of(read.state)}
    return tuple(
        open_alert(read.known, alert, clocks=clocks, now=read.now)
        for alert in alerts.find_open(session, [slug])
    )


def _events(known: Definitions, slug: str, citations: Citations, *, until: datetime) -> list[EventRow]:
    """Return the events of a subject up to its own time, oldest first."""
    return [
        EventRow(event=event, cited=citations.number(event.citation))
        for event in events_of(known, slug, until=until)
    ]


def _conflicts(known: Definitions, slug: str, citations: Citations) -> tuple[Conflict, ...]:
    own = slug.partition("@")[0]
    return tuple(
        Conflict(statement=statement, cited=citations.number(statement.citation))
        for statement in known.statements.values()
        if statement.subject == own and statement.contested
    )
