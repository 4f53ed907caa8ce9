"""The board: every subject in a row, in a number of queries that does not grow with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.alerting.silence import Silence
from monitor.domain.chart import Spark
from monitor.domain.clock import DAY_SECONDS, Clock, ClockMode, epoch, moment
from monitor.domain.scale import Concern
from monitor.domain.subject import Subject
from monitor.domain.wording import tongue
from monitor.services.overview.board_lines import SPARK_DAYS, moves_of, spark_of
from monitor.services.overview.desk import desk
from monitor.services.overview.duty import OnDuty, on_duty_now
from monitor.services.overview.ledgers import Span, ledgers, top_movers
from monitor.services.overview.open_alerts import open_alert
from monitor.services.overview.silences import ending_soon
from monitor.services.overview.sources import SourceTally, source_tally
from monitor.services.overview.standings import model_from, shown, standing
from monitor.services.overview.traces import LINE_DAYS
from monitor.services.overview.values import Change, DeskView, Mover, OpenAlert, Standing, change_of
from monitor.storage import alerts, kept_lines, snapshot, stood
from monitor.storage.heat_points import HeatLine, HeatPoint
from monitor.storage.kept_lines import KeptLine
from monitor.storage.snapshot import Definitions
from monitor.storage.stood import Stood
from monitor.storage.subjects import SubjectState


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
    stood: Mapping[str, Stood]
    lines: Mapping[str, KeptLine]
    alerts: Mapping[str, tuple[OpenAlert, ...]]
    movers: Mapping[str, Mover | None]
    now: datetime


def board(session: Session, *, now: datetime, with_exercises: bool = False) -> BoardView:
    """Return the board."""
    known = snapshot.current(session)
    wanted = shown(known, with_exercises=with_exercises)
    read = _read(session, known, wanted, now=now)
    rows = [_row(read, subject) for subject in wanted]
    head = desk(session, now=now)
    return BoardView(
        desk=head,
        rows=tuple(sorted(rows, key=lambda row: (*row.standing.rank, row.standing.name))),
        sources=source_tally(session, known, now=now),
        exercise_count=len(known.subjects) - len(shown(known, with_exercises=False)),
        with_exercises=with_exercises,
        on_duty=on_duty_now(session, now=now),
        ending=ending_soon(session, now=now) if head.is_any_silence else (),
    )


def clock_of(state: SubjectState | None) -> Clock:
    """Return a subject's clock; one without a state is live."""
    return Clock() if state is None else state.clock


def _read(session: Session, known: Definitions, wanted: list[Subject], *, now: datetime) -> _Read:
    found = stood.find(session, [subject.slug for subject in wanted])
    clocks = {
        subject.slug: clock_of(found[subject.slug][0] if subject.slug in found else None)
        for subject in wanted
    }
    since = {slug: clock.at(now) - timedelta(days=LINE_DAYS) for slug, clock in clocks.items()}
    listed: dict[str, tuple[OpenAlert, ...]] = {}
    for alert in alerts.find_open(session, list(clocks)):
        listed[alert.subject] = (
            *listed.get(alert.subject, ()), open_alert(known, alert, clocks=clocks, now=now)
        )  # fmt: skip
    return _Read(
        known=known,
        stood=found,
        lines=kept_lines.read(session, found, since),
        alerts=listed,
        movers=_movers(session, known, wanted, found),
        now=now,
    )


def _movers(
    session: Session, known: Definitions, wanted: list[Subject], found: Mapping[str, Stood]
) -> dict[str, Mover | None]:
    """Return what moved each subject most in ninety days; spans start at midnight, to be kept a day."""
    points = {slug: point for slug, (_, point) in found.items() if point is not None}
    spans = {
        subject.slug: Span(
            model=model_from(known, subject),
            point=point,
            start=_midnight(point.at - SPARK_DAYS * DAY_SECONDS),
        )
        for subject in wanted
        if (point := points.get(subject.slug)) is not None
    }
    # In words, so by language; by these definitions, with which it is kept.
    of = {slug: (span.key, tongue().code) for slug, span in spans.items()}
    kept = {slug: known.kept.get((Mover, slug), (None, None)) for slug in spans}
    missing = [slug for slug in spans if kept[slug][0] != of[slug]]
    for slug, ledger in ledgers(session, [spans[slug] for slug in missing]).items():
        mover = next(iter(top_movers(known, spans[slug].model, ledger, most=1)), None)
        kept[slug] = of[slug], mover
        if stood.is_settled(session):
            known.kept[Mover, slug] = kept[slug]
    return {slug: mover for slug, (_, mover) in kept.items()}


def _midnight(second: int) -> int:
    return second - second % 86_400


def _row(read: _Read, subject: Subject) -> BoardRow:
    state, point = read.stood.get(subject.slug) or (SubjectState(slug=subject.slug), None)
    where = standing(read.known, subject, state=state, point=point, now=read.now)
    kept, end, alarming = read.lines[subject.slug], epoch(where.as_of), where.scale.alarming_end
    week, month = (None, None) if where.is_unknown else moves_of(kept, alarming, now=end)
    return BoardRow(
        standing=where,
        spark=spark_of(kept, where.scale, now=end),
        week=None if week is None else change_of(week.change, alarming, week.unusual_sd),
        month=None if month is None else change_of(month.change, alarming, month.unusual_sd),
        mover=read.movers.get(subject.slug),
        alerts=read.alerts.get(subject.slug, ()),
        updated_at=_updated(state, point),
        line=kept.line,
    )


def _updated(state: SubjectState, point: HeatPoint | None) -> datetime | None:
    """Return when the heat was last published, on the subject's own clock."""
    if point is None or state.clock.mode is not ClockMode.LIVE:
        return None
    return moment(point.at)
