"""Dead letters: deliveries that were given up, kept until a person has them sent again or clears them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, literal, select, update
from sqlalchemy.orm import Session, aliased

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.delivery import Delivery, DeliveryStatus
from monitor.domain.alerting.retry import LIFETIME
from monitor.domain.scale import Concern
from monitor.storage.deliveries import delivery_from
from monitor.storage.rows.alerts import AlertEventRow, EpisodeRow
from monitor.storage.rows.deliveries import DeliveryRow

# What another carried is cleared and sent again with it.
_DEAD = and_(DeliveryRow.status == DeliveryStatus.DEAD, DeliveryRow.carried_by.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A delivery that was given up, and the alert event it was about; `is_outdated`: a later one arrived."""

    delivery: Delivery
    type: EventType | None
    concern: Concern
    subject: str
    rule: str
    is_outdated: bool


def find(
    session: Session, *, ids: Collection[str] | None = None, channel: str = "", most: int = 200
) -> list[DeadLetter]:
    """Return what was given up, the latest first: all of it, or some by their ids, or a channel's."""
    later = aliased(DeliveryRow)
    is_outdated = exists().where(
        later.channel == DeliveryRow.channel,
        later.recipient == DeliveryRow.recipient,
        later.episode_id == DeliveryRow.episode_id,
        later.event_seq > DeliveryRow.event_seq,
        later.status == DeliveryStatus.DELIVERED,
    )
    event, episode = AlertEventRow, EpisodeRow
    query = (
        select(DeliveryRow, event.type, event.concern, episode.subject, episode.rule, is_outdated)
        .outerjoin(
            event,
            and_(event.episode_id == DeliveryRow.episode_id, event.event_seq == DeliveryRow.event_seq),
        )
        .outerjoin(episode, episode.id == DeliveryRow.episode_id)
        .where(_DEAD, *_among(ids, channel))
        .order_by(DeliveryRow.notification_id.desc(), DeliveryRow.recipient)
        .limit(most)
    )
    return [
        DeadLetter(
            delivery=delivery_from(row),
            type=None if kind is None else EventType(kind),
            concern=Concern(concern or 0),
            subject=subject or "",
            rule=rule or "",
            is_outdated=is_outdated,
        )
        for row, kind, concern, subject, rule, is_outdated in session.execute(query)
    ]


def count_by_channel(session: Session) -> dict[str, int]:
    """Count what was given up, by channel."""
    query = select(DeliveryRow.channel, func.count()).where(_DEAD).group_by(DeliveryRow.channel)
    return {str(channel): int(number) for channel, number in session.execute(query)}


def revive(session: Session, delivery_id: str, *, now: datetime) -> bool:
    """Have a dead delivery tried again from the beginning of the retry table; False if it is dead no more."""
    return _change(
        session, DeliveryRow.id == delivery_id,
        status=DeliveryStatus.FORMED, due_at=now, expires_at=now + LIFETIME, dead_reason="",
        tries_before=DeliveryRow.attempt_count,
    ) == 1  # fmt: skip


def clear(session: Session, ids: Collection[str], *, note: str) -> int:
    """Take dead deliveries off the list, with a note behind the reason they have; return how many."""
    reason = cast(DeliveryRow.dead_reason, String) + literal("; " + note)
    return _change(session, DeliveryRow.id.in_(ids), status=DeliveryStatus.CANCELLED, dead_reason=reason)


def _among(ids: Collection[str] | None, channel: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [] if ids is None else [DeliveryRow.id.in_(ids)]
    return [*conditions, DeliveryRow.channel == channel] if channel else conditions


def _change(session: Session, condition: ColumnElement[bool], **values: object) -> int:
    statement = update(DeliveryRow).where(condition, _DEAD).values(**values).returning(DeliveryRow.id)
    return len(session.execute(statement.execution_options(synchronize_session=False)).all())
