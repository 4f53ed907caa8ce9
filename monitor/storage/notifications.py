"""Notifications: one alert event for one channel, written in the transaction of the event."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session, aliased

from monitor.domain.alerting.alert import AlertEvent, EventType
from monitor.domain.alerting.delivery import NotificationState
from monitor.domain.phrases import revived
from monitor.domain.scale import Concern
from monitor.storage.batches import in_batches
from monitor.storage.rows.alerts import AlertEventRow, EpisodeRow
from monitor.storage.rows.base import UtcDateTime
from monitor.storage.rows.deliveries import DeliveryRow, NotificationRow
from monitor.storage.states import bare, is_open, ranked

# Rows are written past the mapping of objects: it takes longer than the writing.
_TABLE: Any = NotificationRow.__table__
_SETTLED = (NotificationState.SENT, NotificationState.ABSORBED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A row as its readers see it."""

    id: int
    channel: str
    fingerprint: str
    episode_id: str
    event_seq: int
    state: NotificationState
    reason: str
    delivery_id: str | None
    due_at: datetime
    created_at: datetime
    route: str = ""
    group_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """By which route a channel is told of an alert, and in which group of messages."""

    route: str = ""
    group_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """An event that a channel is to be told of; `due_at` is when its group wait ends."""

    event: AlertEvent
    channel: str
    due_at: datetime
    told: Told = Told()


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeEvent:
    """An alert event with what a message about it needs to know of its episode."""

    event: AlertEvent
    subject: str
    first_concern: Concern

    @property
    def is_exercise(self) -> bool:
        """Whether it belongs to a rehearsal (`assimi-goita@exercise-1`)."""
        return "@" in self.subject


def add(
    session: Session,
    event: AlertEvent,
    *,
    channels: Collection[str],
    due_at: datetime,
    now: datetime,
    told: Told | None = None,
) -> None:
    """Write one waiting notification a channel; `due_at` is when its group wait ends."""
    by = told or Told()
    add_all(session, [New(event=event, channel=each, due_at=due_at, told=by) for each in channels], now=now)


def add_all(session: Session, new: Iterable[New], *, now: datetime) -> None:
    """Write waiting notifications; on PostgreSQL and SQLite alike they are numbered in this order."""
    rows = [
        {
            "channel": each.channel,
            "episode_id": each.event.episode_id,
            "event_seq": each.event.event_seq,
            "fingerprint": each.event.fingerprint,
            "route": each.told.route,
            "group_key": each.told.group_key,
            "state": NotificationState.WAITING,
            "reason": "",
            "delivery_id": None,
            "due_at": each.due_at,
            "created_at": now,
        }
        for each in new
    ]
    if rows:
        session.connection().execute(insert(_TABLE), rows)


def channels_told(session: Session, episode_id: str) -> Sequence[str]:
    """Return the channels for which any event of the episode was written, whatever became of it."""
    query = select(NotificationRow.channel).where(NotificationRow.episode_id == episode_id).distinct()
    return session.scalars(query.order_by(NotificationRow.channel)).all()


def told_of(session: Session, episode_ids: Collection[str]) -> dict[str, dict[str, Told]]:
    """Return by episode the channels for which an event was written, each with how it was told last."""
    row = NotificationRow
    found: dict[str, dict[str, Told]] = {episode_id: {} for episode_id in episode_ids}
    for part in in_batches(episode_ids):
        query = select(row.episode_id, row.channel, row.route, row.group_key)
        query = query.where(row.episode_id.in_(part)).order_by(row.event_seq, row.channel)
        for episode_id, channel, route, key in session.execute(query):
            found[episode_id][channel] = Told(route=route, group_key=key)
    return found


def of_episode(session: Session, episode_id: str) -> list[Notification]:
    """Return the notifications of an episode in the order of its events."""
    query = select(NotificationRow).where(NotificationRow.episode_id == episode_id)
    rows = session.scalars(query.order_by(NotificationRow.event_seq, NotificationRow.channel))
    return [_notification(row) for row in rows]


def is_any_due(session: Session, *, now: datetime, kinds_missing: Collection[str] = ()) -> bool:
    """Whether `take_due` would find anything."""
    given = {"now": now, "missing": list(kinds_missing)}
    return session.execute(_any_due(), given).first() is not None


def take_due(
    session: Session, *, now: datetime, limit: int, kinds_missing: Collection[str] = ()
) -> list[Notification]:
    """Return what waits or is held of every (channel, alert) that has one due, oldest first, locked.

    All of the same channel and alert come along, so that a later event never overtakes one whose group
    wait is longer. `kinds_missing` names channels that this process cannot serve.
    """
    given = {"now": now, "missing": list(kinds_missing), "most": limit}
    return [_notification(row) for row in session.scalars(_taking(), given)]


def open_of(session: Session, channels: Collection[str]) -> list[Notification]:
    """Return what waits or is held of these channels, the oldest first, locked."""
    query = select(NotificationRow).where(is_open(), bare(NotificationRow.channel).in_(channels))
    query = query.order_by(ranked(NotificationRow.id)).with_for_update()
    return [_notification(row) for row in session.scalars(query)]


def outstanding(session: Session, *, channel: str, episode_id: str) -> list[Notification]:
    """Return what waits or is held of an episode for a channel, in the order of its events, locked."""
    query = select(NotificationRow).where(
        NotificationRow.channel == channel,
        NotificationRow.episode_id == episode_id,
        is_open(),
    )
    rows = session.scalars(query.order_by(NotificationRow.event_seq).with_for_update())
    return [_notification(row) for row in rows]


def is_told(session: Session, *, channel: str, episode_id: str) -> bool:
    """Whether any message of the episode was formed for the channel."""
    query = select(NotificationRow.id).where(
        NotificationRow.channel == channel,
        NotificationRow.episode_id == episode_id,
        NotificationRow.state.in_(_SETTLED),
    )
    return session.execute(query.limit(1)).first() is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a message is sent as it is: what its notification says, its route, and whom it steps in for."""

    reason: str = ""
    route: str = ""
    relayed_from: str = ""


def reasons(session: Session, delivery_ids: Collection[str]) -> dict[str, Why]:
    """Return, by delivery, what its notification says of why it is sent as it is."""
    rows = session.execute(_reasons(), {"ids": list(delivery_ids)})
    return {
        str(delivery_id): Why(reason=reason, route=route, relayed_from=relayed_from)
        for delivery_id, reason, route, relayed_from in rows
    }


def mark_sent(session: Session, notification_id: int, *, delivery_id: str, reason: str = "") -> None:
    """Record that deliveries carry the notification; `delivery_id` is the first of them."""
    _finish(session, notification_id, NotificationState.SENT, delivery_id=delivery_id, reason=reason)


def mark_all_sent(session: Session, sent: Mapping[int, str]) -> None:
    """Record of many that deliveries carry them: by notification, the first of its deliveries."""
    if sent:
        given = [
            {"of": number, "state": NotificationState.SENT, "reason": "", "delivery_id": delivery_id}
            for number, delivery_id in sent.items()
        ]
        session.connection().execute(_marking(), given)


def mark_absorbed(session: Session, notification_id: int, *, delivery_id: str, reason: str) -> None:
    """Record that a later message tells the notification: its own delivery gives way to that one's."""
    _finish(session, notification_id, NotificationState.ABSORBED, delivery_id=delivery_id, reason=reason)


def hold(session: Session, notification_id: int, *, reason: str, until: datetime) -> None:
    """Keep the notification back until a moment, and why; then it is looked at again."""
    _set(session, notification_id, state=NotificationState.HELD, reason=reason, due_at=until)


def release(session: Session, *, reason: str, now: datetime) -> int:
    """Have what is held for this reason looked at now; return how many that are."""
    row = NotificationRow
    held = select(row.id).where(row.state == NotificationState.HELD, row.reason == reason)
    # In the order in which they are taken: nobody waits crosswise.
    ids = held.order_by(row.id).with_for_update().cte()
    statement = update(row).where(row.id.in_(ids.select())).values(due_at=now).returning(row.id)
    return len(session.execute(statement.execution_options(synchronize_session=False)).all())


def cancel(session: Session, notification_id: int, *, reason: str) -> None:
    """Record that the notification goes nowhere, and why."""
    _finish(session, notification_id, NotificationState.CANCELLED, reason=reason)


def postpone(session: Session, notification_id: int, *, due_at: datetime, reason: str) -> None:
    """Let the notification wait for something a person must put right."""
    _set(session, notification_id, due_at=due_at, reason=reason)


def settle_absorbed(session: Session, channel: str, episode_id: str) -> None:
    """Mark as absorbed what no recipient of the channel will get as a message of its own."""
    carrying = exists().where(
        DeliveryRow.channel == channel,
        DeliveryRow.episode_id == episode_id,
        DeliveryRow.event_seq == NotificationRow.event_seq,
        DeliveryRow.absorbed_by.is_(None),
    )
    session.execute(
        update(NotificationRow)
        .where(
            NotificationRow.channel == channel,
            NotificationRow.episode_id == episode_id,
            NotificationRow.state == NotificationState.SENT,
            ~carrying,
        )
        .values(state=NotificationState.ABSORBED, reason="a later message of this episode tells it")
        .execution_options(synchronize_session=False)
    )


def events(session: Session, keys: Collection[tuple[str, int]]) -> dict[tuple[str, int], EpisodeEvent]:
    """Return alert events by (episode, number), with the subject and first concern of their episodes."""
    rows = [found for part in in_batches(keys) for found in session.execute(_events(), {"keys": part})]
    return {
        (row.episode_id, row.event_seq): EpisodeEvent(
            event=_event(row),
            subject=subject or "",
            first_concern=Concern(row.concern if concern is None else concern),
        )
        for row, subject, concern in rows
    }


def count_waiting(session: Session) -> int:
    """Count what waits to be formed."""
    query = select(func.count()).where(NotificationRow.state == NotificationState.WAITING)
    return session.scalar(query) or 0


# These statements are made once: making one anew takes longer than asking it.


@cache
def _any_due() -> Select[int]:
    row = NotificationRow
    is_due = (is_open(), row.due_at <= bindparam("now", type_=UtcDateTime()))
    return select(row.id).where(*is_due, row.channel.not_in(bindparam("missing", expanding=True))).limit(1)


@cache
def _marking() -> Any:
    values: dict[str, Any] = {name: bindparam(name) for name in ("state", "reason", "delivery_id")}
    return update(_TABLE).where(_TABLE.c.id == bindparam("of")).values(values)


@cache
def _taking() -> Select[NotificationRow]:
    row, due = NotificationRow, aliased(NotificationRow)
    now = bindparam("now", type_=UtcDateTime())
    lanes = select(due.channel, due.fingerprint).where(is_open(due), due.due_at <= now)
    is_served = row.channel.not_in(bindparam("missing", expanding=True))
    query = select(row).where(is_open(), is_served, tuple_(bare(row.channel), row.fingerprint).in_(lanes))
    query = query.order_by(ranked(row.id)).limit(bindparam("most", type_=Integer())).with_for_update()
    return query.execution_options(populate_existing=True)


@cache
def _events() -> Any:
    event, first = AlertEventRow, aliased(AlertEventRow)
    return (
        select(event, EpisodeRow.subject, first.concern)
        .outerjoin(EpisodeRow, EpisodeRow.id == event.episode_id)
        .outerjoin(first, and_(first.episode_id == event.episode_id, first.event_seq == 1))
        .where(tuple_(event.episode_id, event.event_seq).in_(bindparam("keys", expanding=True)))
    )


@cache
def _reasons() -> Any:
    row = NotificationRow
    query = select(DeliveryRow.id, row.reason, row.route, row.relayed_from)
    query = query.join(row, row.id == DeliveryRow.notification_id)
    return query.where(DeliveryRow.id.in_(bindparam("ids", expanding=True)))


def _finish(
    session: Session,
    notification_id: int,
    state: NotificationState,
    *,
    reason: str = "",
    delivery_id: str | None = None,
) -> None:
    _set(session, notification_id, state=state, reason=reason, delivery_id=delivery_id)


def _set(session: Session, notification_id: int, **values: Any) -> None:
    session.execute(
        update(NotificationRow)
        .where(NotificationRow.id == notification_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _notification(row: NotificationRow) -> Notification:
    return Notification(
        id=row.id,
        channel=row.channel,
        fingerprint=row.fingerprint,
        episode_id=row.episode_id,
        event_seq=row.event_seq,
        route=row.route,
        group_key=row.group_key,
        state=NotificationState(row.state),
        reason=row.reason,
        delivery_id=row.delivery_id,
        due_at=row.due_at,
        created_at=row.created_at,
    )


def _event(row: AlertEventRow) -> AlertEvent:
    return AlertEvent(
        fingerprint=row.fingerprint,
        episode_id=row.episode_id,
        event_seq=row.event_seq,
        type=EventType(row.type),
        at=row.at,
        concern=Concern(row.concern),
        reason=row.reason,
        body=revived(row.body),
    )
