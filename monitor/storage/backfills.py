"""Backfills: histories being asked for; each stretch moves its row in the transaction that stores it."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from monitor.domain.backfill import COUNTS, Backfill, BackfillState
from monitor.domain.errors import NotFound
from monitor.storage.rows.backfills import BackfillRow
from monitor.storage.rows.desk import SourceStateRow

_Row = BackfillRow
_RUNNING = BackfillState.RUNNING.value


def add(
    session: Session,
    source: str,
    *,
    since: date,
    until: date,
    step_days: int,
    requested_by: str,
    now: datetime,
) -> int:
    """Begin a backfill, due now, and return its number."""
    values = {
        "source": source, "since": since, "until": until, "step_days": step_days, "next_day": until,
        "state": _RUNNING, "requested_by": requested_by, "requested_at": now, "due_at": now, "tries": 0,
        "message": "",
    }  # fmt: skip
    values |= dict.fromkeys(COUNTS, 0)
    return session.execute(insert(_Row).values(values).returning(_Row.id)).scalar_one()


def one(session: Session, number: int) -> Backfill:
    """Return a backfill; NotFound if there is none of that number."""
    row = session.get(_Row, number, populate_existing=True)
    if row is None:
        raise NotFound(f"there is no backfill {number}")
    return _backfill(row)


def find_all(session: Session, *, source: str | None = None, limit: int = 50) -> list[Backfill]:
    """Return backfills, of one source or of all, newest first."""
    statement = select(_Row).order_by(_Row.id.desc()).limit(limit)
    if source is not None:
        statement = statement.where(_Row.source == source)
    return [_backfill(row) for row in session.execute(statement).scalars()]


def running(session: Session, source: str) -> Backfill | None:
    """Return the backfill of a source that runs; None if none does."""
    row = session.execute(select(_Row).where(_Row.source == source, _Row.state == _RUNNING)).scalar()
    return None if row is None else _backfill(row)


def next_due(session: Session, *, now: datetime, is_taken: bool = False) -> Backfill | None:
    """Return the backfill that has waited longest, whose source is free, not cut off, and not due itself.

    `is_taken`: its source is about to be claimed; one that another worker is about to claim is passed over.
    """
    state = SourceStateRow
    statement = (
        select(_Row)
        .join(state, state.source == _Row.source)
        .where(
            _Row.state == _RUNNING,
            _Row.due_at <= now,
            state.is_cut.is_(False),
            or_(state.lease_until.is_(None), state.lease_until <= now),
            or_(state.due_at.is_(None), state.due_at > now),
        )
        .order_by(_Row.due_at, _Row.id)
        .limit(1)
    )
    if is_taken:
        statement = statement.with_for_update(of=state, skip_locked=True)
    row = session.execute(statement).scalar()
    return None if row is None else _backfill(row)


def advance(
    session: Session, backfill: Backfill, *, counts: Mapping[str, int], message: str, now: datetime
) -> bool:
    """Note that the next stretch of a backfill is there; False if it was ended or moved meanwhile."""
    next_day = backfill.next_day_after
    values: dict[str, object] = {name: getattr(_Row, name) + counts.get(name, 0) for name in COUNTS}
    values |= {"next_day": next_day, "tries": 0, "message": message, "due_at": now}
    if next_day < backfill.since:
        values |= {"state": BackfillState.DONE.value, "ended_at": now}
    return _if_unmoved(session, backfill, values)


def put_off(session: Session, backfill: Backfill, *, tries: int, message: str, due_at: datetime) -> bool:
    """Try the same stretch again later; False if the backfill was ended or moved meanwhile."""
    return _if_unmoved(session, backfill, {"tries": tries, "message": message, "due_at": due_at})


def end(session: Session, backfill: Backfill, *, state: BackfillState, message: str, now: datetime) -> bool:
    """End a backfill that runs, as far as it is; False if it does not run, or was moved meanwhile."""
    return _if_unmoved(session, backfill, {"state": state.value, "message": message, "ended_at": now})


def _if_unmoved(session: Session, backfill: Backfill, values: Mapping[str, object]) -> bool:
    statement = (
        update(_Row)
        .where(_Row.id == backfill.id, _Row.state == _RUNNING, _Row.next_day == backfill.next_day)
        .values(**values)
        .returning(_Row.id)
        .execution_options(synchronize_session=False)
    )
    return session.execute(statement).one_or_none() is not None


def _backfill(row: BackfillRow) -> Backfill:
    values = {name: getattr(row, name) for name in Backfill.__dataclass_fields__}
    return Backfill(**values | {"state": BackfillState(row.state)})
