"""Approvals: what waits for a person, and what people decided."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from monitor.domain.alerting.approval import Approval, Verdict
from monitor.domain.alerting.delivery import NotificationState
from monitor.domain.alerting.suppression import SuppressionKind
from monitor.domain.scale import Concern
from monitor.storage.rows.alerts import AlertEventRow
from monitor.storage.rows.approvals import ApprovalRow
from monitor.storage.rows.deliveries import NotificationRow
from monitor.storage.upsert import insert_or

_AWAITING = SuppressionKind.AWAITING_APPROVAL.value
_OPEN = (NotificationState.WAITING.value, NotificationState.HELD.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits of one episode on one route: its events, the worst concern, the channels, since when."""

    episode_id: str
    route: str
    event_seq: int
    concern: Concern
    channels: tuple[str, ...]
    since: datetime


def of_open(session: Session) -> dict[tuple[str, str], Approval]:
    """Return the decisions on episodes of which anything waits, by episode and route."""
    waiting = select(NotificationRow.episode_id).where(NotificationRow.state.in_(_OPEN))
    query = select(ApprovalRow).where(ApprovalRow.episode_id.in_(waiting))
    rows = session.scalars(query.execution_options(populate_existing=True))
    return {(row.episode_id, row.route): _approval(row) for row in rows}


def save(session: Session, approval: Approval) -> None:
    """Store a decision in place of an earlier one."""
    values = {
        "verdict": approval.verdict.value,
        "concern": int(approval.concern),
        "by": approval.by,
        "at": approval.at,
        "reason": approval.reason,
    }
    statement = insert_or(session, ApprovalRow).values(
        episode_id=approval.episode_id, route=approval.route, **values
    )
    session.execute(statement.on_conflict_do_update(index_elements=["episode_id", "route"], set_=values))


def awaiting(session: Session) -> list[Waiting]:
    """Return what waits for approval, the worst and then the oldest first."""
    row, event = NotificationRow, AlertEventRow
    is_event = and_(event.episode_id == row.episode_id, event.event_seq == row.event_seq)
    query = (
        select(row.episode_id, row.route, row.channel, row.event_seq, event.concern, row.created_at)
        .join(event, is_event)
        .where(row.state == NotificationState.HELD.value, row.reason == _AWAITING)
        .order_by(row.id)
    )
    lots: dict[tuple[str, str], list[tuple[str, int, int, datetime]]] = {}
    for episode_id, route, channel, number, concern, at in session.execute(query):
        lots.setdefault((episode_id, route), []).append((channel, number, concern, at))
    found = [
        Waiting(
            episode_id=episode_id,
            route=route,
            event_seq=max(number for _, number, _, _ in lot),
            concern=Concern(max(concern for _, _, concern, _ in lot)),
            channels=tuple(dict.fromkeys(channel for channel, _, _, _ in lot)),
            since=min(at for _, _, _, at in lot),
        )
        for (episode_id, route), lot in lots.items()
    ]
    return sorted(found, key=lambda each: (-each.concern, each.since))


def release(session: Session, *, episode_id: str, route: str, now: datetime) -> None:
    """Have what waits of an episode on a route looked at now."""
    row = NotificationRow
    session.execute(
        update(row)
        .where(
            row.state == NotificationState.HELD.value,
            row.reason == _AWAITING,
            row.episode_id == episode_id,
            row.route == route,
        )
        .values(due_at=now)
        .execution_options(synchronize_session=False)
    )


def _approval(row: ApprovalRow) -> Approval:
    return Approval(
        episode_id=row.episode_id,
        route=row.route,
        verdict=Verdict(row.verdict),
        concern=Concern(row.concern),
        by=row.by,
        at=row.at,
        reason=row.reason,
    )
