"""Subjects at work: the clock of each, what is due, and where the last assessment left it.

A due mark keeps the earliest wall time and the latest slot: whoever asks first is served first, and one
assessment at the latest moment asked for answers all who asked. A claim pushes the mark a lease ahead;
finishing takes it away only if nobody marked the subject again meanwhile.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Update,
    bindparam,
    case,
    delete,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from monitor.domain.clock import LIVE, Clock, ClockMode
from monitor.domain.errors import NotFound
from monitor.domain.scoring.level import LevelState
from monitor.storage.batches import in_batches
from monitor.storage.rows.base import UtcDateTime
from monitor.storage.rows.observations import WatchedSeriesRow
from monitor.storage.rows.subjects import SubjectStateRow
from monitor.storage.upsert import insert_or

LEASE = timedelta(seconds=15)

_Row = SubjectStateRow
_Time = InstrumentedAttribute[datetime | None]
_Slot = InstrumentedAttribute[int | None]
_ASSESS: tuple[_Time, _Slot] = (_Row.assess_due_at, _Row.assess_slot)
_ALERTS: tuple[_Time, _Slot] = (_Row.alerts_due_at, _Row.alerts_slot)


_NO_LEVEL = LevelState()
# What an assessment finds beside the level.
_FOUND = ("last_slot", "next_daily_at", "assessed_seq", "assessed_definition_seq")


class Claim(NamedTuple):
    """A subject to work on; `slot` is the latest cause's time on its clock, None: the clock's now."""

    slug: str
    slot: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectState:
    """Where a subject stands: its clock, its due marks, what was assessed last, its level's hysteresis."""

    slug: str
    clock: Clock = LIVE
    assess_due_at: datetime | None = None
    assess_slot: int | None = None
    alerts_due_at: datetime | None = None
    alerts_slot: int | None = None
    last_slot: int | None = None
    next_daily_at: datetime | None = None
    assessed_seq: int = 0
    assessed_definition_seq: int = 0
    level_state: LevelState = _NO_LEVEL


def ensure(session: Session, slugs: Iterable[str]) -> None:
    """Make a state, on a live clock and due for nothing, for each subject that has none."""
    rows = [_blank(slug) for slug in sorted(set(slugs))]
    if rows:
        session.execute(insert_or(session, _Row).on_conflict_do_nothing(), rows)


def add(session: Session, slug: str, *, clock: Clock = LIVE) -> None:
    """Make the state of a new subject, due for nothing yet."""
    set_clock(session, slug, clock)


def state(session: Session, slug: str) -> SubjectState:
    """Return the state of a subject; NotFound if it has none."""
    row = session.execute(_fresh().where(_Row.subject == slug)).scalar_one_or_none()
    if row is None:
        raise NotFound(f"there is no subject {slug}")
    return state_in(row)


def states(session: Session, slugs: Collection[str] | None = None) -> dict[str, SubjectState]:
    """Return the states of these subjects, or of all, by slug."""
    if slugs is None:
        rows = session.execute(_fresh().order_by(_Row.subject)).scalars()
        return {row.subject: state_in(row) for row in rows}
    found: dict[str, SubjectState] = {}
    for part in in_batches(slugs):
        rows = session.execute(_of_slugs(), {"slugs": part}).scalars()
        found |= {row.subject: state_in(row) for row in rows}
    return found


def hold(session: Session, slug: str) -> None:
    """Keep others from claiming or marking a subject until this transaction ends.

    Whoever writes an alert and then marks its subject calls this first: the worker that evaluates the
    rules has the subject before it has their alerts, and two who wait for each other end in an error.
    """
    session.execute(select(_Row.subject).where(_Row.subject == slug).with_for_update())


def set_clock(session: Session, slug: str, clock: Clock) -> None:
    """Give a subject another clock."""
    ensure(session, [slug])
    session.execute(update(_Row).where(_Row.subject == slug).values(**_clock_columns(clock)))


def remove(session: Session, slug: str) -> None:
    """Forget the state of a subject that is no longer watched; its heat and alerts stay."""
    session.execute(delete(WatchedSeriesRow).where(WatchedSeriesRow.subject == slug))
    session.execute(delete(_Row).where(_Row.subject == slug))


def mark_due(session: Session, slugs: Iterable[str], *, now: datetime, slot: int | None = None) -> None:
    """Say that subjects need assessment from `now`: a wall time, which may lie ahead."""
    _mark(session, slugs, _ASSESS, now=now, slot=slot)


def mark_alerts_due(
    session: Session, slugs: Iterable[str], *, now: datetime, slot: int | None = None
) -> None:
    """Say that the rules of subjects need evaluation from `now`."""
    _mark(session, slugs, _ALERTS, now=now, slot=slot)


def has_marks(session: Session, slug: str) -> bool:
    """Whether something waits to be assessed or evaluated; a timer that runs out later is no mark."""
    statement = select(_Row.assess_due_at, _Row.alerts_slot).where(_Row.subject == slug)
    row = session.execute(statement).one_or_none()
    return row is not None and any(mark is not None for mark in row)


def mark_daily_due(session: Session, *, now: datetime) -> tuple[str, ...]:
    """Mark the subjects whose daily heat point is due; return them."""
    due = select(_Row.subject).where(_Row.next_daily_at <= now).order_by(_Row.subject)
    slugs = tuple(session.execute(due).scalars())
    mark_due(session, slugs, now=now)
    return slugs


def next_due_at(session: Session) -> datetime | None:
    """Return the earliest time at which any subject needs work; None if none does."""
    statement = select(_Row.assess_due_at, _Row.alerts_due_at, _Row.next_daily_at)
    times = [time for row in session.execute(statement) for time in row if time is not None]
    return min(times, default=None)


def claim_assessment(session: Session, now: datetime) -> Claim | None:
    """Take the subject that has waited longest for assessment, under a lease; None if nothing is due.

    Commit the claim before the work. The work takes its `seq` before it touches the subject's row.
    """
    return next(iter(claim_assessments(session, now, limit=1)), None)


def claim_assessments(session: Session, now: datetime, *, limit: int) -> list[Claim]:
    """Take up to `limit` subjects that need assessment, each under a lease."""
    return _claim(session, _ASSESS, now=now, limit=limit)


def finish_assessment(session: Session, after: SubjectState, *, claimed_at: datetime) -> None:
    """Keep what the assessment found, and take the mark away unless it was set anew since the claim."""
    finish_assessments(session, [after], claimed_at=claimed_at)


def finish_assessments(session: Session, found: Iterable[SubjectState], *, claimed_at: datetime) -> None:
    """Do so for many subjects."""
    given = [
        {
            "of": after.slug,
            "leased_until": claimed_at + LEASE,
            **{name: getattr(after, name) for name in _FOUND},
            **_level_columns(after.level_state),
        }
        for after in sorted(found, key=lambda each: each.slug)
    ]
    if given:
        session.connection().execute(_finish(), given)


def postpone_assessment(session: Session, slug: str, *, claimed_at: datetime, until: datetime) -> None:
    """Give up for now: try again at `until`, or when the subject is marked anew."""
    values = _postponed(_ASSESS, claimed_at=claimed_at, until=until)
    session.execute(update(_Row).where(_Row.subject == slug).values(**values))


def claim_alerts(session: Session, now: datetime) -> Claim | None:
    """Take the subject whose rules have waited longest, under a lease; None if nothing is due."""
    return next(iter(claim_all_alerts(session, now, limit=1)), None)


def claim_all_alerts(session: Session, now: datetime, *, limit: int) -> list[Claim]:
    """Take up to `limit` subjects whose rules need evaluation, each under a lease."""
    return _claim(session, _ALERTS, now=now, limit=limit)


def finish_alerts(
    session: Session, slug: str, *, claimed_at: datetime, next_at: datetime | None = None
) -> None:
    """Take the mark away unless it was set anew since the claim; `next_at` is when a timer runs out."""
    finish_all_alerts(session, {slug: next_at}, claimed_at=claimed_at)


def finish_all_alerts(
    session: Session, next_at: Mapping[str, datetime | None], *, claimed_at: datetime
) -> None:
    """Do so for many subjects; those on which no timer runs, in one statement."""
    for at in set(next_at.values()):
        slugs = sorted(slug for slug, own in next_at.items() if own == at)
        given = {"leased_until": claimed_at + LEASE} | ({} if at is None else {"next_at": at})
        for part in in_batches(slugs):
            session.connection().execute(_release(has_timer=at is not None), given | {"slugs": part})


def postpone_alerts(session: Session, slug: str, *, claimed_at: datetime, until: datetime) -> None:
    """Give up for now: try again at `until`, or when the subject is marked anew."""
    values = _postponed(_ALERTS, claimed_at=claimed_at, until=until)
    session.execute(update(_Row).where(_Row.subject == slug).values(**values))


@cache
def _finish() -> Update:
    """Return the statement that keeps what assessments found, made once."""
    table: Any = _Row.__table__
    is_ours = table.c.assess_due_at == bindparam("leased_until")
    names = (*_FOUND, *_level_columns(_NO_LEVEL))
    values: dict[str, Any] = {name: bindparam(name) for name in names} | {
        "assess_slot": case((is_ours, null()), else_=table.c.assess_slot),
        "assess_due_at": case((is_ours, null()), else_=table.c.assess_due_at),
    }
    return update(table).where(table.c.subject == bindparam("of")).values(values)


def _mark(
    session: Session, slugs: Iterable[str], columns: tuple[_Time, _Slot], *, now: datetime, slot: int | None
) -> None:
    wanted = sorted(set(slugs))
    is_alone = session.get_bind().dialect.name == "sqlite"
    statement = _marking(columns, has_slot=slot is not None, is_alone=is_alone)
    for part in in_batches(wanted):
        given = {"slugs": part, "now": now} | ({} if slot is None else {"slot": slot})
        if session.connection().execute(statement, given).rowcount != len(part):
            ensure(session, part)
            session.connection().execute(statement, given)


@cache
def _marking(columns: tuple[_Time, _Slot], *, has_slot: bool, is_alone: bool) -> Update:
    """Return the statement that marks some subjects; `now` and, where it has one, `slot` are given.

    Who writes `is_alone` needs no order of locks; and SQLite's driver counts no rows after a `with`.
    """
    due_at, due_slot = columns
    now, slot = bindparam("now", type_=UtcDateTime()), bindparam("slot", type_=BigInteger())
    values: dict[str, Any] = {due_at.key: case((or_(due_at.is_(None), due_at > now), now), else_=due_at)}
    if has_slot:
        values[due_slot.key] = case((or_(due_slot.is_(None), due_slot < slot), slot), else_=due_slot)
    named = _Row.subject.in_(bindparam("slugs", expanding=True))
    if is_alone:
        return update(_Row).where(named).values(**values)
    # In one order for everyone: two writers that mark the same subjects must not lock crosswise.
    rows = select(_Row.subject).where(named)
    rows = rows.order_by(_Row.subject).with_for_update()
    return update(_Row).where(_Row.subject.in_(rows.cte().select())).values(**values)


@cache
def _of_slugs() -> Any:
    return _fresh().where(_Row.subject.in_(bindparam("slugs", expanding=True))).order_by(_Row.subject)


def _claim(session: Session, columns: tuple[_Time, _Slot], *, now: datetime, limit: int) -> list[Claim]:
    given = {"now": now, "until": now + LEASE, "most": limit}
    return sorted(Claim(slug, slot) for slug, slot in session.connection().execute(_claiming(columns), given))


@cache
def _claiming(columns: tuple[_Time, _Slot]) -> Any:
    due_at, due_slot = columns
    now = bindparam("now", type_=UtcDateTime())
    # SQLite drops SKIP LOCKED silently and needs none: it has one writer.
    due = (
        select(_Row.subject)
        .where(due_at <= now)
        .order_by(due_at, _Row.subject)
        .limit(bindparam("most", type_=Integer()))
        .with_for_update(skip_locked=True)
        .cte()
    )
    statement = update(_Row).where(_Row.subject.in_(select(due.c.subject)), due_at <= now)
    until = bindparam("until", type_=UtcDateTime())
    return statement.values({due_at.key: until}).returning(_Row.subject, due_slot)


@cache
def _release(*, has_timer: bool) -> Update:
    """Return the statement that takes marks of rules away, or puts them off until the next timer."""
    due_at, due_slot = _ALERTS
    is_ours = due_at == bindparam("leased_until", type_=UtcDateTime())
    next_at = bindparam("next_at", type_=UtcDateTime())
    values: dict[str, Any] = {due_slot.key: case((is_ours, null()), else_=due_slot)}
    if has_timer:
        values[due_at.key] = case((or_(is_ours, due_at.is_(None), due_at > next_at), next_at), else_=due_at)
    else:
        values[due_at.key] = case((is_ours, null()), else_=due_at)
    return update(_Row).where(_Row.subject.in_(bindparam("slugs", expanding=True))).values(**values)


def _postponed(columns: tuple[_Time, _Slot], *, claimed_at: datetime, until: datetime) -> dict[str, Any]:
    due_at, _ = columns
    again: ColumnElement[Any] = case((due_at == claimed_at + LEASE, until), else_=due_at)
    return {due_at.key: again}


def _fresh() -> Any:
    """Rows as the database has them, not as an earlier read of the session had them."""
    return select(_Row).execution_options(populate_existing=True)


def _blank(slug: str) -> dict[str, Any]:
    return _clock_columns(LIVE) | {
        "subject": slug,
        "assessed_seq": 0,
        "assessed_definition_seq": 0,
        **_level_columns(_NO_LEVEL),
    }


def _clock_columns(clock: Clock) -> dict[str, Any]:
    return {
        "clock_mode": clock.mode.value,
        "stands_at": clock.stands_at,
        "runs_from": clock.runs_from,
        "runs_until": clock.runs_until,
        "started_at": clock.started_at,
        "speed": clock.speed,
    }


def _level_columns(state: LevelState) -> dict[str, Any]:
    return {
        "level": state.level,
        "last_level": state.last_known,
        "last_level_at": state.last_known_at,
        "dwelt": [list(periods) for periods in state.dwelt],
    }


def state_in(row: SubjectStateRow) -> SubjectState:
    """Return the domain's state of a row, or of what has its columns."""
    clock = Clock(
        mode=ClockMode(row.clock_mode),
        stands_at=row.stands_at,
        runs_from=row.runs_from,
        runs_until=row.runs_until,
        started_at=row.started_at,
        speed=row.speed,
    )
    return SubjectState(
        slug=row.subject,
        clock=clock,
        assess_due_at=row.assess_due_at,
        assess_slot=row.assess_slot,
        alerts_due_at=row.alerts_due_at,
        alerts_slot=row.alerts_slot,
        last_slot=row.last_slot,
        next_daily_at=row.next_daily_at,
        assessed_seq=row.assessed_seq,
        assessed_definition_seq=row.assessed_definition_seq,
        level_state=LevelState(
            level=row.level,
            last_known=row.last_level,
            last_known_at=row.last_level_at,
            dwelt=tuple(tuple(periods) for periods in row.dwelt),
        ),
    )
