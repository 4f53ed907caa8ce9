"""Message groups: when the last message of each was formed, and whether the next calls for someone."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, delete, select, update
from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import EventType
from monitor.domain.scale import Concern
from monitor.storage.batches import in_batches
from monitor.storage.rows.alerts import AlertEventRow
from monitor.storage.rows.deliveries import NotificationRow
from monitor.storage.rows.routes import MessageGroupRow
from monitor.storage.upsert import insert_or

# What calls for someone; all else follows by itself.
_CALLS = (EventType.FIRING.value, EventType.CONCERN_RAISED.value)


def formed_at(session: Session, channel: str, keys: Collection[str]) -> dict[str, datetime]:
    """Return by its key when the last message of a group was formed for a channel; new ones are left out."""
    row = MessageGroupRow
    query = select(row.group_key, row.formed_at).where(row.channel == channel, row.group_key.in_(keys))
    return {str(key): at for key, at in session.execute(query)}


def note_formed(session: Session, channel: str, key: str, *, now: datetime) -> None:
    """Record that a message of the group is formed now."""
    statement = insert_or(session, MessageGroupRow).values(channel=channel, group_key=key, formed_at=now)
    statement = statement.on_conflict_do_update(
        index_elements=["channel", "group_key"], set_={"formed_at": now}
    )
    session.execute(statement)


def are_any_critical(session: Session, ids: Collection[int]) -> bool:
    """Whether any of these calls for someone at once."""
    event = AlertEventRow
    for part in in_batches(ids):
        query = (
            select(NotificationRow.id)
            .join(
                event,
                and_(
                    event.episode_id == NotificationRow.episode_id,
                    event.event_seq == NotificationRow.event_seq,
                ),
            )
            .where(NotificationRow.id.in_(part), event.concern == Concern.CRITICAL, event.type.in_(_CALLS))
        )
        if session.execute(query.limit(1)).first() is not None:
            return True
    return False


def put_off(session: Session, ids: Collection[int], *, until: datetime) -> None:
    """Have these looked at again at a moment, as they are."""
    for part in in_batches(ids):
        session.execute(
            update(NotificationRow)
            .where(NotificationRow.id.in_(part))
            .values(due_at=until)
            .execution_options(synchronize_session=False)
        )


def purge(session: Session, *, before: datetime) -> None:
    """Forget groups that have had no message since a moment: their interval is long over."""
    session.execute(delete(MessageGroupRow).where(MessageGroupRow.formed_at < before))
