"""Message groups: when the last message of each was formed."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from monitor.storage.rows.routes import MessageGroupRow
from monitor.storage.upsert import insert_or


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


def purge(session: Session, *, before: datetime) -> None:
    """Forget groups that have had no message since a moment: their interval is long over."""
    session.execute(delete(MessageGroupRow).where(MessageGroupRow.formed_at < before))
