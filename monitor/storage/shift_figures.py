"""What happened in a shift, counted from what was stored meanwhile; rehearsals are left out."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.delivery import DeliveryStatus
from monitor.storage.batches import in_batches
from monitor.storage.rows.alerts import AlertEventRow, EpisodeRow
from monitor.storage.rows.deliveries import DeliveryRow
from monitor.storage.rows.routes import EpisodeRouteRow

_EXERCISE = "%@%"


def alerts_opened(session: Session, *, since: datetime, until: datetime) -> int:
    """Count the alerts that began to fire after one wall time and up to another."""
    row = AlertEventRow
    query = select(func.count()).select_from(row).join(EpisodeRow, EpisodeRow.id == row.episode_id)
    return session.execute(query.where(*_within(EventType.FIRING, since, until))).scalar_one()


def ack_seconds(session: Session, *, since: datetime, until: datetime) -> list[float]:
    """Return how long each episode waited for its first acknowledgement, of those that came in the span."""
    acked, fired = AlertEventRow, aliased(AlertEventRow)
    query = (
        select(func.min(fired.stored_at), func.min(acked.stored_at))
        .select_from(acked)
        .join(EpisodeRow, EpisodeRow.id == acked.episode_id)
        .join(fired, (fired.episode_id == acked.episode_id) & (fired.type == EventType.FIRING.value))
        .where(*_within(EventType.ACKNOWLEDGED, since, until))
        .group_by(acked.episode_id)
    )
    return [(taken - began).total_seconds() for began, taken in session.execute(query)]


def messages(session: Session, *, since: datetime, until: datetime) -> tuple[int, int]:
    """Count the messages that arrived in a span, and those formed in it that were given up."""
    row = DeliveryRow
    sent = select(func.count()).where(row.delivered_at > since, row.delivered_at <= until)
    dead = row.status == DeliveryStatus.DEAD.value
    lost = select(func.count()).where(dead, row.formed_at > since, row.formed_at <= until)
    return session.execute(sent).scalar_one(), session.execute(lost).scalar_one()


def escalation_times(session: Session, episode_ids: Collection[str]) -> dict[str, datetime]:
    """Return when each of these episodes is told to the next in line, of those that have one due."""
    row = EpisodeRouteRow
    found: dict[str, datetime] = {}
    for part in in_batches(episode_ids):
        query = select(row.episode_id, func.min(row.step_due_at)).group_by(row.episode_id)
        query = query.where(row.episode_id.in_(part), row.step_due_at.is_not(None))
        found |= {episode_id: at for episode_id, at in session.execute(query) if at is not None}
    return found


def _within(kind: EventType, since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    row = AlertEventRow
    return (
        row.type == kind.value, row.stored_at > since, row.stored_at <= until,
        EpisodeRow.subject.not_like(_EXERCISE),
    )  # fmt: skip
