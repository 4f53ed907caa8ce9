"""Relays: critical alert events that a channel did not take, handed to the channel that steps in for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.delivery import DeliveryStatus, NotificationState
from monitor.domain.scale import Concern
from monitor.storage.rows.alerts import AlertEventRow, EpisodeRow
from monitor.storage.rows.deliveries import DeliveryRow, NotificationRow

# What calls for someone; all else follows by itself once a channel was told of the episode.
_CALLS = (EventType.FIRING.value, EventType.CONCERN_RAISED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """One critical alert event that a channel has not taken; `is_dead`: it was given up."""

    episode_id: str
    event_seq: int
    fingerprint: str
    is_dead: bool


def overdue(session: Session, channel: str, *, fallback: str, since: datetime) -> list[Overdue]:
    """Return what is critical, still fires, was due before `since` or is dead, and is new to the fallback."""
    row, other, event = NotificationRow, aliased(NotificationRow), AlertEventRow
    is_known = exists().where(
        other.channel == fallback, other.episode_id == row.episode_id, other.event_seq == row.event_seq
    )
    is_waiting = and_(row.state == NotificationState.WAITING, row.due_at <= since)
    is_unsent = and_(_has(DeliveryStatus.FORMED, DeliveryStatus.LEASED), row.created_at <= since)
    is_dead = _has(DeliveryStatus.DEAD)
    query = (
        select(row.episode_id, row.event_seq, row.fingerprint, is_dead)
        .join(event, and_(event.episode_id == row.episode_id, event.event_seq == row.event_seq))
        .join(EpisodeRow, EpisodeRow.id == row.episode_id)
        .where(row.channel == channel, row.state.in_((NotificationState.WAITING, NotificationState.SENT)))
        .where(event.concern == Concern.CRITICAL, event.type.in_(_CALLS), EpisodeRow.ended_at.is_(None))
        .where(~is_known, or_(is_waiting, is_unsent, is_dead))
        .order_by(row.id)
    )
    return [
        Overdue(episode_id=episode_id, event_seq=event_seq, fingerprint=fingerprint, is_dead=dead)
        for episode_id, event_seq, fingerprint, dead in session.execute(query)
    ]


def critical_waiting(session: Session, channel: str, *, since: datetime) -> list[str]:
    """Return the subjects of what is critical, still fires and waits for a channel; exercises left out."""
    row, event, episode = NotificationRow, AlertEventRow, EpisodeRow
    is_waiting = and_(row.state == NotificationState.WAITING, row.due_at <= since)
    is_unsent = and_(_has(DeliveryStatus.FORMED, DeliveryStatus.LEASED), row.created_at <= since)
    query = (
        select(episode.subject)
        .join(row, row.episode_id == episode.id)
        .join(event, and_(event.episode_id == row.episode_id, event.event_seq == row.event_seq))
        .where(row.channel == channel, row.state.in_((NotificationState.WAITING, NotificationState.SENT)))
        .where(event.concern == Concern.CRITICAL, event.type.in_(_CALLS), episode.ended_at.is_(None))
        .where(or_(is_waiting, is_unsent), ~episode.subject.contains("@"))
        .order_by(row.id)
    )
    return list(session.scalars(query))


def add(session: Session, found: Sequence[Overdue], *, channel: str, fallback: str, now: datetime) -> None:
    """Write a notification for the fallback of each, due now, naming the channel that did not take it."""
    session.add_all(
        NotificationRow(
            channel=fallback,
            episode_id=each.episode_id,
            event_seq=each.event_seq,
            fingerprint=each.fingerprint,
            state=NotificationState.WAITING,
            reason="",
            delivery_id=None,
            due_at=now,
            created_at=now,
            relayed_from=channel,
        )
        for each in found
    )
    session.flush()


def _has(*statuses: DeliveryStatus) -> ColumnElement[bool]:
    """Whether a notification has a delivery that stands so; the first of them is the one it names."""
    is_its_own = or_(
        DeliveryRow.notification_id == NotificationRow.id, DeliveryRow.id == NotificationRow.delivery_id
    )
    return exists().where(is_its_own, DeliveryRow.status.in_(statuses))
