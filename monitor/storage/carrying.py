"""Carrying: deliveries of one group go out in one message, which the first of them is."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.domain.alerting.delivery import Delivery, DeliveryStatus
from monitor.storage.batches import in_batches
from monitor.storage.deliveries import delivery_from
from monitor.storage.rows.deliveries import DeliveryRow


def gather(session: Session, notification_ids: Collection[int], *, group_key: str) -> None:
    """Make one message a recipient of what these notifications formed: the first carries the others."""
    row = DeliveryRow
    lots: dict[str, list[DeliveryRow]] = {}
    for part in in_batches(notification_ids):
        query = select(row).where(row.notification_id.in_(part), row.status == DeliveryStatus.FORMED)
        for found in session.scalars(query.order_by(row.notification_id)):
            lots.setdefault(found.recipient, []).append(found)
    for first, *others in lots.values():
        first.group_key, first.carries = group_key, len(others)
        for other in others:
            other.group_key, other.carried_by = group_key, first.id
    session.flush()


def carried(session: Session, ids: Collection[str]) -> dict[str, list[Delivery]]:
    """Return what these deliveries carry, in order, by the id of each."""
    lots: dict[str, list[Delivery]] = {}
    query = select(DeliveryRow).where(DeliveryRow.carried_by.in_(ids)).order_by(DeliveryRow.notification_id)
    for row in session.scalars(query):
        lots.setdefault(str(row.carried_by), []).append(delivery_from(row))
    return lots
