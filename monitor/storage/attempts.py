"""Attempts: deliveries as people look back at them, with every try to send them."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from monitor.domain.alerting.delivery import Attempt, Delivery, DeliveryStatus
from monitor.storage.deliveries import delivery_from
from monitor.storage.rows.deliveries import AttemptRow, DeliveryRow


def of_episode(session: Session, episode_id: str) -> list[Delivery]:
    """Return the deliveries of an episode, in the order of its events, with their attempts."""
    return _deliveries(session, DeliveryRow.episode_id == episode_id)


def of_channel(session: Session, channel: str) -> list[Delivery]:
    """Return the deliveries of a channel, oldest first, with their attempts."""
    return _deliveries(session, DeliveryRow.channel == channel)


def last_of_channels(session: Session) -> dict[str, Attempt]:
    """Return the last try of each channel that has one."""
    place = func.row_number().over(
        partition_by=DeliveryRow.channel, order_by=(AttemptRow.started_at.desc(), AttemptRow.number.desc())
    )
    ranked = (
        select(DeliveryRow.channel, AttemptRow.delivery_id, AttemptRow.number, place.label("place"))
        .join(DeliveryRow, DeliveryRow.id == AttemptRow.delivery_id)
        .subquery()
    )
    statement = (
        select(ranked.c.channel, AttemptRow)
        .join(
            ranked,
            (ranked.c.delivery_id == AttemptRow.delivery_id) & (ranked.c.number == AttemptRow.number),
        )
        .where(ranked.c.place == 1)
    )
    return {channel: _attempt(row) for channel, row in session.execute(statement)}


def dead(session: Session) -> list[Delivery]:
    """Return what was given up, oldest first: the list that an admin must clear."""
    return _deliveries(session, DeliveryRow.status == DeliveryStatus.DEAD)


def _deliveries(session: Session, condition: ColumnElement[bool]) -> list[Delivery]:
    query = select(DeliveryRow).where(condition).order_by(DeliveryRow.notification_id, DeliveryRow.recipient)
    rows = session.scalars(query).all()
    attempts = _attempts(session, {row.carried_by or row.id for row in rows})
    return [delivery_from(row, attempts.get(row.carried_by or row.id, ())) for row in rows]


def _attempts(session: Session, ids: Iterable[str]) -> dict[str, list[Attempt]]:
    query = select(AttemptRow).where(AttemptRow.delivery_id.in_(list(ids)))
    found: dict[str, list[Attempt]] = {}
    for row in session.scalars(query.order_by(AttemptRow.delivery_id, AttemptRow.number)):
        found.setdefault(row.delivery_id, []).append(_attempt(row))
    return found


def _attempt(row: AttemptRow) -> Attempt:
    return Attempt(
        number=row.number,
        started_at=row.started_at,
        ended_at=row.ended_at,
        outcome=row.outcome,
        status_code=row.status_code,
        error=row.error,
        remote_address=row.remote_address,
        snippet=row.snippet,
    )
