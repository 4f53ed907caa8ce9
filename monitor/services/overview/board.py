"""The board: every subject in a row, in a number of queries that does not grow with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.alerting.silence import Silence
from monitor.domain.chart import Spark, joined
from monitor.domain.clock import Clock, ClockMode, epoch, moment
from monitor.domain.scale import Concern
from monitor.domain.subject import Subject
from monitor.services.overview.desk import desk
from monitor.services.overview.duty import OnDuty, on_duty_now
from monitor.services.overview.ledgers import Span, ledgers, top_movers
from monitor.services.overview.open_alerts import open_alert
from monitor.services.overview.silences import ending_soon
from monitor.services.overview.sources import SourceTally, source_tally
from monitor.services.overview.standings import model_from, shown, standing
from monitor.services.overview.traces import LINE_DAYS, blind_stretches, moves, traces
from monitor.services.overview.values import Change, DeskView, Mover, OpenAlert, Standing, change_of
from monitor.storage import alerts, heat_points, snapshot, subjects
from monitor.storage.heat_points import HeatLine, HeatPoint
from monitor.storage.snapshot import Definitions
from monitor.storage.subjects import SubjectState

SPARK_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One subject on the board."""

    standing: Standing
    spark: Spark
    week: Change | None
    month: Change | None
    mover: Mover | None
    alerts: tuple[OpenAlert, ...]
    updated_at: datetime | None
    line: HeatLine

    @property
    def needing(self) -> tuple[OpenAlert, ...]:
        """The alerts that nobody has taken on."""
        return tuple(alert for alert in self.alerts if not alert.acked_by)

    @property
    def acked(self) -> int:
        """How many alerts are in hand."""
        return len(self.alerts) - len(self.needing)

    @property
    def worst(self) -> Concern:
        """The worst concern among the alerts that nobody has taken on."""
        return max((alert.concern for alert in self.needing), default=Concern.NORMAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardView:
    """All rows, worst first, with what the first sentence counts."""

    desk: DeskView
    rows: tuple[BoardRow, ...]
    sources: SourceTally
    exercise_count: int
    with_exercises: bool
    on_duty: tuple[OnDuty, ...] = ()
    ending: tuple[Silence, ...] = ()

    @property
    def counts(self) -> Mapping[Concern | None, int]:
        """Rows by concern, None for those without a level; in order from the worst."""
        found: dict[Concern | None, int] = dict.fromkeys([*sorted(Concern, reverse=True), None], 0)
        for row in self.rows:
            found[None if row.standing.is_unknown else row.standing.concern] += 1
        return found

    @property
    def kinds(self) -> Mapping[str, int]:
        """Rows by kind of subject."""
        found: dict[str, int] = {}
        for row in self.rows:
            found[row.standing.kind] = found.get(row.standing.kind, 0) + 1
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    @property
    def biggest(self) -> BoardRow | None:
        """The row that moved most in thirty days."""
        moved = [row for row in self.rows if row.month is not None and row.month.delta]
        return max(moved, key=lambda row: abs(row.month.delta) if row.month else 0.0, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What was read once for all rows."""

    known: Definitions
    states: Mapping[str, SubjectState]
    points: Mapping[str, HeatPoint]
    lines: Mapping[str, HeatLine]
    alerts: Mapping[str, tuple[OpenAlert, ...]]
    movers: Mapping[str, tuple[Mover, ...]]
    now: datetime


def board(session: Session, *, now: datetime, with_exercises: bool = False) -> BoardView:
    """Return the board."""
    known = snapshot.current(session)
    wanted = shown(known, with_exercises=with_exercises)
    read = _read(session, known, wanted, now=now)
    rows = [_row(read, subject) for subject in wanted]
    return BoardView(
        desk=desk(session, now=now),
        rows=tuple(sorted(rows, key=lambda row: (*row.standing.rank, row.standing.name))),
        sources=source_tally(session, known, now=now),
        exercise_count=len(known.subjects) - len(shown(known, with_exercises=False)),
        with_exercises=with_exercises,
        on_duty=on_duty_now(session, now=now),
        ending=ending_soon(session, now=now),
    )


def clock_of(state: SubjectState | None) -> Clock:
    """Return a subject's clock; one without a state is live."""
    return Clock() if state is None else state.clock


def _read(session: Session, known: Definitions, wanted: list[Subject], *, now: datetime) -> _Read:
    slugs = [subject.slug for subject in wanted]
    states = subjects.states(session, slugs)
    points = heat_points.last(session, slugs)
    clocks = {slug: clock_of(states.get(slug)) for slug in slugs}
    since = min((clock.at(now) for clock in clocks.values()), default=now) - timedelta(days=LINE_DAYS)
    listed: dict[str, tuple[OpenAlert, ...]] = {}
    for alert in alerts.find_open(session, slugs):
        listed[alert.subject] = (
            *listed.get(alert.subject, ()), open_alert(known, alert, clocks=clocks, now=now)
        )  # fmt: skip
    return _Read(
        known=known,
        states=states,
        points=points,
        lines=heat_points.lines(session, slugs, since),
        alerts=listed,
        movers=_movers(session, known, wanted, points),
        now=now,
    )


def _movers(
    session: Session, known: Definitions, wanted: list[Subject], points: Mapping[str, HeatPoint]
) -> dict[str, tuple[Mover, ...]]:
    """Return what moved each subject in ninety days; a span starts at midnight, so that it is kept a day."""
    models = {subject.slug: model_from(known, subject) for subject in wanted if subject.slug in points}
    spans = [
        Span(model=model, point=points[slug], start=_midnight(points[slug].at - SPARK_DAYS * 86_400))
        for slug, model in models.items()
    ]
    found = ledgers(session, spans)
    return {slug: top_movers(known, models[slug], found[slug], most=1) for slug in models}


def _midnight(second: int) -> int:
    return second - second % 86_400


def _row(read: _Read, subject: Subject) -> BoardRow:
    state = read.states.get(subject.slug) or SubjectState(slug=subject.slug)
    point = read.points.get(subject.slug)
    where = standing(read.known, subject, state=state, point=point, now=read.now)
    line = read.lines[subject.slug]
    end = epoch(where.as_of)
    published, reconstructed = traces(line)
    whole = joined(reconstructed, published)
    alarming = where.scale.alarming_end
    week, month = moves(line, end=alarming, now=end)
    known = not where.is_unknown
    return BoardRow(
        standing=where,
        spark=Spark(
            scale=where.scale,
            start=end - SPARK_DAYS * 86_400,
            end=end,
            line=whole,
            blind=blind_stretches(line, until=end),
        ),
        week=change_of(week.change, alarming, week.unusual_sd) if known else None,
        month=change_of(month.change, alarming, month.unusual_sd) if known else None,
        mover=next(iter(read.movers.get(subject.slug, ())), None),
        alerts=read.alerts.get(subject.slug, ()),
        updated_at=_updated(state, point),
        line=line,
    )


def _updated(state: SubjectState, point: HeatPoint | None) -> datetime | None:
    """Return when the heat was last published, on the subject's own clock."""
    if point is None or state.clock.mode is not ClockMode.LIVE:
        return None
    return moment(point.at)
