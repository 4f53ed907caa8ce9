"""Holding: messages that are formed and kept for their reader until later, then told in one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, case, func, select, update
from sqlalchemy.orm import Session, aliased

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.delivery import DeliveryStatus
from monitor.domain.alerting.retry import LIFETIME
from monitor.domain.alerting.subscription import Hold
from monitor.domain.scale import Concern
from monitor.storage.batches import in_batches
from monitor.storage.rows.alerts import AlertEventRow, EpisodeRow
from monitor.storage.rows.base import UtcDateTime
from monitor.storage.rows.deliveries import DeliveryRow
from monitor.storage.states import is_formed

_FORMED = DeliveryStatus.FORMED.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """A message that was just formed, alone or with those it carries: the worst concern it tells of."""

    id: str
    channel: str
    recipient: str
    concern: Concern


def fresh(session: Session, notification_ids: Collection[int]) -> list[Fresh]:
    """Return the messages these notifications formed that nobody has tried to send."""
    row, found = DeliveryRow, dict[str, Fresh]()
    # A resolved matters as much as what it ends.
    is_end = AlertEventRow.type == EventType.RESOLVED.value
    concern_told = case((is_end, EpisodeRow.peak_concern), else_=AlertEventRow.concern)
    is_event = and_(AlertEventRow.episode_id == row.episode_id, AlertEventRow.event_seq == row.event_seq)
    for part in in_batches(notification_ids):
        query = (
            select(
                func.coalesce(row.carried_by, row.id), row.channel, row.recipient,
                func.max(concern_told),
            )
            .join(AlertEventRow, is_event)
            .outerjoin(EpisodeRow, EpisodeRow.id == row.episode_id)
            .where(row.notification_id.in_(part), row.status == _FORMED, row.attempt_count == 0)
            .group_by(func.coalesce(row.carried_by, row.id), row.channel, row.recipient)
        )  # fmt: skip
        for key, channel, recipient, concern in session.execute(query):
            worst = max(Concern(concern or 0), found[key].concern if key in found else Concern.NORMAL)
            found[key] = Fresh(id=str(key), channel=channel, recipient=recipient, concern=worst)
    return list(found.values())


def hold(session: Session, holds: Mapping[str, Hold]) -> None:
    """Keep messages until later; their time to live begins then."""
    for key, each in holds.items():
        session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.id == key, DeliveryRow.status == _FORMED)
            .values(
                held_by=each.reason,
                due_at=each.until,
                formed_at=each.until,
                expires_at=each.until + LIFETIME,
            )
            .execution_options(synchronize_session=False)
        )


def let_go(session: Session, ids: Collection[str], *, now: datetime) -> None:
    """Have what is kept before these messages, of the same alert and reader, sent now: order is kept."""
    if not ids:
        return
    row, urgent, same = DeliveryRow, aliased(DeliveryRow), aliased(DeliveryRow)
    lanes = (
        select(func.coalesce(same.carried_by, same.id))
        .join(
            urgent,
            and_(
                urgent.channel == same.channel,
                urgent.recipient == same.recipient,
                urgent.fingerprint == same.fingerprint,
            ),
        )
        .where(func.coalesce(urgent.carried_by, urgent.id).in_(ids), same.status == _FORMED)
    )
    session.execute(
        update(row)
        .where(row.id.in_(lanes), row.status == _FORMED, row.held_by != "")
        .values(due_at=now, formed_at=now, held_by="")
        .execution_options(synchronize_session=False)
    )


def is_any_over(session: Session, *, now: datetime) -> bool:
    """Whether anything that was kept is to be sent now."""
    return session.execute(_any_over(), {"now": now}).first() is not None


@cache
def _any_over() -> Select[str]:
    return select(DeliveryRow.id).where(_is_over(bindparam("now", type_=UtcDateTime()))).limit(1)


def gather_over(session: Session, *, now: datetime) -> int:
    """Make one message of all that was kept for a reader in a channel and is due; return how many."""
    row = DeliveryRow
    query = select(row).where(_is_over(now)).order_by(row.notification_id).with_for_update()
    lots: dict[tuple[str, str], list[DeliveryRow]] = {}
    for found in session.scalars(query):
        lots.setdefault((found.channel, found.recipient), []).append(found)
    for first, *others in lots.values():
        _carry(session, first, others)
        for each in (first, *others):
            each.held_by = ""
    session.flush()
    return len(lots)


def _carry(session: Session, first: DeliveryRow, others: list[DeliveryRow]) -> None:
    """Let the first message tell the others too, with what they carry themselves."""
    for other in others:
        session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.carried_by == other.id)
            .values(carried_by=first.id)
            .execution_options(synchronize_session=False)
        )
        first.carries += 1 + other.carries
        other.carried_by, other.carries = first.id, 0


def _is_over(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    row = DeliveryRow
    return and_(is_formed(), row.held_by != "", row.due_at <= now, row.carried_by.is_(None))


def kept_for(session: Session, recipient: str) -> tuple[int, datetime | None]:
    """Return how many messages are kept for a reader, and when the next of them is sent."""
    row = DeliveryRow
    query = select(func.count(), func.min(row.due_at)).where(
        row.recipient == recipient, row.status == _FORMED, row.held_by != ""
    )
    count, until = session.execute(query).one()
    return int(count), until


def recipients_told(session: Session, *, channel: str, episode_id: str) -> Sequence[str]:
    """Return to whom of a channel messages of an episode were formed, the first first."""
    query = select(DeliveryRow.recipient).where(
        DeliveryRow.channel == channel, DeliveryRow.episode_id == episode_id
    )
    return list(dict.fromkeys(session.scalars(query.order_by(DeliveryRow.notification_id))))
