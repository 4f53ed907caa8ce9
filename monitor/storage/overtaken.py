"""Overtaken: repeats that are still queued when their episode ends, and so need not be sent any more."""

from collections.abc import Collection, Sequence

from sqlalchemy import and_, exists, select, update
from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.delivery import DeliveryStatus, NotificationState
from monitor.storage.batches import in_batches
from monitor.storage.rows.alerts import AlertEventRow
from monitor.storage.rows.deliveries import DeliveryRow, NotificationRow

OVER = "the episode ended before this was sent"


def cancel_repeats(session: Session, episode_ids: Collection[str]) -> None:
    """Cancel the repeats of these episodes that nobody took yet; what is under way or in a group goes on.

    Anything else is told by the resolved that ends them.
    """
    for part in in_batches(episode_ids):
        _cancel(session, part)


def _cancel(session: Session, episode_ids: Collection[str]) -> None:
    row, event, delivery = NotificationRow, AlertEventRow, DeliveryRow
    is_repeat = exists().where(
        event.episode_id == row.episode_id, event.event_seq == row.event_seq,
        event.type == EventType.REPEATED.value,
    )  # fmt: skip
    # What waits, then deliveries, then what was formed: whoever forms messages locks in this order too.
    found = select(row.id).where(row.episode_id.in_(episode_ids), is_repeat).order_by(row.id)
    waiting = row.state.in_((NotificationState.WAITING, NotificationState.HELD))
    _end(session, session.scalars(found.where(waiting).with_for_update()).all())
    is_under_way = exists().where(
        delivery.notification_id == row.id,
        (delivery.status != DeliveryStatus.FORMED)
        | delivery.carried_by.is_not(None)
        | (delivery.carries > 0),
    )
    queued = list(session.scalars(found.where(row.state == NotificationState.SENT, ~is_under_way)))
    if queued:
        session.execute(
            update(delivery)
            .where(and_(delivery.notification_id.in_(queued), delivery.status == DeliveryStatus.FORMED))
            .values(status=DeliveryStatus.CANCELLED)
            .execution_options(synchronize_session=False)
        )
        _end(session, queued)


def _end(session: Session, ids: Sequence[int]) -> None:
    if not ids:
        return
    session.execute(
        update(NotificationRow)
        .where(NotificationRow.id.in_(ids))
        .values(state=NotificationState.CANCELLED, reason=OVER)
        .execution_options(synchronize_session=False)
    )
