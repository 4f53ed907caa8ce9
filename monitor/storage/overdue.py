"""What waits to be sent though nothing keeps it: the oldest moment at which such a message was due."""

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from monitor.domain.alerting.delivery import DeliveryStatus, NotificationState
from monitor.storage.rows.alerts import ChannelRow, ChannelStateRow
from monitor.storage.rows.deliveries import DeliveryRow, NotificationRow


def oldest_due_at(session: Session, *, now: datetime) -> datetime | None:
    """Return since when the oldest message waits whose channel is enabled and answers; None: none does."""
    waiting, formed = NotificationRow, DeliveryRow
    queries = (
        _oldest(waiting.due_at, waiting.channel, now=now).where(
            waiting.state.in_((NotificationState.WAITING, NotificationState.HELD))
        ),
        _oldest(formed.due_at, formed.channel, now=now).where(
            formed.status == DeliveryStatus.FORMED, formed.carried_by.is_(None)
        ),
    )
    found = [moment for query in queries if (moment := session.scalar(query)) is not None]
    return min(found, default=None)


def _oldest(
    due_at: InstrumentedAttribute[datetime], channel: InstrumentedAttribute[str], *, now: datetime
) -> Select[datetime]:
    return (
        select(func.min(due_at))
        .join(ChannelRow, ChannelRow.slug == channel)
        .outerjoin(ChannelStateRow, ChannelStateRow.slug == channel)
        .where(due_at <= now, ChannelRow.is_enabled, ChannelStateRow.open_until.is_(None))
    )
