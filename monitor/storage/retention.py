"""Retention: deliveries that ended long ago, with their attempts, are forgotten."""

from datetime import datetime

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from monitor.domain.alerting.delivery import DeliveryStatus
from monitor.storage.rows.alerts import EpisodeRow
from monitor.storage.rows.deliveries import AttemptRow, DeliveryRow

_ENDED = (DeliveryStatus.DELIVERED, DeliveryStatus.CANCELLED)
# How many go in one transaction, so that nobody waits long for it.
_AT_ONCE = 2_000


def forget_deliveries(session: Session, *, before: datetime) -> int:
    """Forget what was formed before a time and arrived or was cancelled; return how many, 2,000 at most.

    What is dead is kept for a person to clear, and so is what an alert that still fires is told after.
    """
    is_over = ~exists().where(
        EpisodeRow.id == DeliveryRow.episode_id,
        or_(EpisodeRow.ended_at.is_(None), EpisodeRow.ended_at >= before),
    )
    query = select(DeliveryRow.id).where(
        DeliveryRow.status.in_(_ENDED), DeliveryRow.formed_at < before, is_over
    )
    ids = session.scalars(query.limit(_AT_ONCE)).all()
    if ids:
        session.execute(delete(AttemptRow).where(AttemptRow.delivery_id.in_(ids)))
        session.execute(delete(DeliveryRow).where(DeliveryRow.id.in_(ids)))
    return len(ids)
