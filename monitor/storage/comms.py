"""Comms checks: plans by channel, and checks with their answers."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from monitor.domain.alerting.comms_check import CommsCheck, CommsPlan
from monitor.domain.errors import NotFound
from monitor.storage.rows.alerts import ChannelRow
from monitor.storage.rows.comms import CommsCheckRow, CommsPlanRow


def plan(session: Session, wanted: CommsPlan) -> None:
    """Check a channel as often as this from now on."""
    session.merge(CommsPlanRow(channel=wanted.channel, every_days=wanted.every_days, due_at=wanted.due_at))
    session.flush()


def unplan(session: Session, channel: str) -> None:
    """Check a channel no longer; what was checked stays."""
    session.execute(delete(CommsPlanRow).where(CommsPlanRow.channel == channel))


def plans(session: Session) -> dict[str, CommsPlan]:
    """Return the plans by channel."""
    rows = session.scalars(select(CommsPlanRow).order_by(CommsPlanRow.channel))
    return {row.channel: _plan(row) for row in rows}


def due(session: Session, *, now: datetime) -> list[CommsPlan]:
    """Return the plans of enabled channels that are due."""
    query = (
        select(CommsPlanRow)
        .join(ChannelRow, ChannelRow.slug == CommsPlanRow.channel)
        .where(CommsPlanRow.due_at <= now, ChannelRow.is_enabled)
        .order_by(CommsPlanRow.due_at)
    )
    return [_plan(row) for row in session.scalars(query)]


def move(session: Session, seen: CommsPlan, *, due_at: datetime) -> bool:
    """Set when a plan is due next, if it still is as it was seen; False if another was faster."""
    moved = session.execute(
        update(CommsPlanRow)
        .where(CommsPlanRow.channel == seen.channel, CommsPlanRow.due_at == seen.due_at)
        .values(due_at=due_at)
        .execution_options(synchronize_session=False)
    )
    return bool(moved.rowcount == 1)  # type: ignore[attr-defined]


def add(session: Session, checks: Iterable[CommsCheck]) -> None:
    """Keep checks as they were sent."""
    session.add_all(
        CommsCheckRow(
            id=each.id, channel=each.channel, recipient=each.recipient, sent_at=each.sent_at,
            answer_by=each.answer_by, error=each.error, confirmed_at=None, confirmed_by="",
        )
        for each in checks
    )  # fmt: skip
    session.flush()


def get(session: Session, identity: str) -> CommsCheck:
    """Return one check; NotFound."""
    row = session.get(CommsCheckRow, identity)
    if row is None:
        raise NotFound(f"there is no comms check {identity}")
    return _check(row)


def confirm(session: Session, identity: str, *, by: str, at: datetime) -> bool:
    """Keep who said first that it came; False if somebody had."""
    changed = session.execute(
        update(CommsCheckRow)
        .where(CommsCheckRow.id == identity, CommsCheckRow.confirmed_at.is_(None))
        .values(confirmed_at=at, confirmed_by=by)
        .execution_options(synchronize_session="fetch")
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def latest(session: Session, *, limit: int) -> list[CommsCheck]:
    """Return the latest checks of all channels, the newest first."""
    order = (CommsCheckRow.sent_at.desc(), CommsCheckRow.channel, CommsCheckRow.recipient)
    return [_check(row) for row in session.scalars(select(CommsCheckRow).order_by(*order).limit(limit))]


def _plan(row: CommsPlanRow) -> CommsPlan:
    return CommsPlan(channel=row.channel, every_days=row.every_days, due_at=row.due_at)


def _check(row: CommsCheckRow) -> CommsCheck:
    return CommsCheck(
        id=row.id, channel=row.channel, recipient=row.recipient, sent_at=row.sent_at,
        answer_by=row.answer_by, error=row.error, confirmed_at=row.confirmed_at,
        confirmed_by=row.confirmed_by,
    )  # fmt: skip
