"""Deliveries on their way: formed, absorbed, frozen, claimed under a lease, finished by its token."""

import base64
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import uuid_utils
from sqlalchemy import (
    ColumnElement,
    Select,
    Update,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session, aliased

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.delivery import Attempt, Delivery, DeliveryStatus, NotificationState, Queued
from monitor.domain.alerting.retry import LIFETIME
from monitor.storage.notifications import Notification
from monitor.storage.rows.alerts import AlertEventRow
from monitor.storage.rows.deliveries import AttemptRow, DeliveryRow, NotificationRow
from monitor.storage.states import bare, is_formed, is_unfinished, ranked

LEASE = timedelta(seconds=30)
_NO_LEASE = {"lease_owner": "", "lease_until": None, "lease_token": ""}
_ATTEMPT = fields(Attempt)
# Rows are written past the mapping of objects: it takes longer than the writing.
_TABLE: Any = DeliveryRow.__table__
_ATTEMPTS: Any = AttemptRow.__table__


def form(session: Session, notification: Notification, *, recipients: Iterable[str], now: datetime) -> str:
    """Write one delivery a recipient, due at once; return the first one's id."""
    return form_all(session, [(notification, tuple(recipients))], now=now)[notification.id]


def form_all(
    session: Session, formed: Sequence[tuple[Notification, Sequence[str]]], *, now: datetime
) -> dict[int, str]:
    """Write one delivery a recipient of each, due at once; return the first one's id by notification."""
    rows = [_formed(each, recipient=recipient, now=now) for each, found in formed for recipient in found]
    if rows:
        session.connection().execute(insert(_TABLE), rows)
    firsts = {row["notification_id"]: row["id"] for row in reversed(rows)}
    return {each.id: firsts[each.id] for each, _ in formed}


def queue(session: Session, *, channel: str, fingerprint: str) -> dict[str, list[Queued]]:
    """Return what is unfinished of one channel and alert, by recipient, oldest first, locked."""
    query = (
        select(DeliveryRow, AlertEventRow.type, NotificationRow.state)
        .join(
            AlertEventRow,
            and_(
                AlertEventRow.episode_id == DeliveryRow.episode_id,
                AlertEventRow.event_seq == DeliveryRow.event_seq,
            ),
        )
        .outerjoin(NotificationRow, NotificationRow.id == DeliveryRow.notification_id)
        .where(
            bare(DeliveryRow.channel) == channel,
            DeliveryRow.fingerprint == fingerprint,
            is_unfinished(),
        )
        .order_by(ranked(DeliveryRow.notification_id))
        .with_for_update(of=DeliveryRow)
    )
    lanes: dict[str, list[Queued]] = {}
    found = session.execute(query).all()
    fixed = _fixed(session, {row.carried_by for row, _, _ in found if row.carried_by})
    for row, kind, state in found:
        item = Queued(
            id=row.id,
            episode_id=row.episode_id,
            type=EventType(kind),
            is_leased=row.status == DeliveryStatus.LEASED or bool(row.carries) or row.carried_by in fixed,
            is_missed=state == NotificationState.ABSORBED,
        )
        lanes.setdefault(row.recipient, []).append(item)
    return lanes


def _fixed(session: Session, carriers: Collection[str]) -> Collection[str]:
    """Return those of the deliveries that carry others whose body is made, and says what it says."""
    if not carriers:
        return ()
    query = select(DeliveryRow.id).where(DeliveryRow.id.in_(carriers))
    query = query.where(or_(DeliveryRow.body.is_not(None), DeliveryRow.status != DeliveryStatus.FORMED))
    return set(session.scalars(query))


def crowded(session: Session, lanes: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those of (channel, fingerprint) with more than one message on its way to somebody."""
    found = session.execute(_crowded(), {"names": sorted({of for _, of in lanes})})
    return set(lanes) & {(channel, of) for channel, of in found}


def absorb(session: Session, absorbed: Mapping[str, str]) -> None:
    """Cancel deliveries that a later one tells (id -> the later one's id), with what they had absorbed."""
    for old, new in absorbed.items():
        _update(
            session,
            DeliveryRow.id == old,
            status=DeliveryStatus.CANCELLED,
            absorbed_by=new,
            carried_by=None,
            dead_reason="a later message of this episode tells it",
        )
        _update(session, DeliveryRow.absorbed_by == old, absorbed_by=new)


def count_unfinished(session: Session) -> dict[str, int]:
    """Count what is on its way, by channel."""
    query = select(DeliveryRow.channel, func.count()).where(is_unfinished())
    return {str(slug): int(count) for slug, count in session.execute(query.group_by(DeliveryRow.channel))}


def freeze(session: Session, delivery_id: str, *, body: bytes, content_type: str) -> None:
    """Store the body, unless it has one: what was once rendered never changes."""
    freeze_all(session, {delivery_id: (body, content_type)})


def freeze_all(session: Session, rendered: Mapping[str, tuple[bytes, str]]) -> None:
    """Store bodies and their content types, where there is none yet."""
    given = [
        {"of": key, "body": body, "content_type": kind, "body_sha256": hashlib.sha256(body).hexdigest()}
        for key, (body, kind) in rendered.items()
    ]
    if given:
        session.connection().execute(_freeze(), given)


def renew(session: Session, tokens: Collection[str], *, now: datetime) -> None:
    """Keep leases whose requests still run."""
    held = and_(DeliveryRow.lease_token.in_(tokens), DeliveryRow.status == DeliveryStatus.LEASED)
    _update(session, held, lease_until=now + LEASE)


def finish_delivered(session: Session, delivery: Delivery, attempt: Attempt) -> bool:
    """Record the arrival; False if the lease was lost, and then nothing is changed."""
    return delivery.id in finish_all_delivered(session, [(delivery, attempt)])


def finish_all_delivered(session: Session, arrived: Sequence[tuple[Delivery, Attempt]]) -> set[str]:
    """Record arrivals in few statements; return the ids of those whose lease was not lost."""
    tokens = {delivery.id: delivery.lease_token for delivery, _ in arrived}
    held = {key for key, token in session.execute(_tokens(), {"ids": sorted(tokens)}) if tokens[key] == token}
    kept = [(delivery, attempt) for delivery, attempt in arrived if delivery.id in held]
    if not kept:
        return held
    session.connection().execute(
        _to_delivered(),
        [
            {"of": delivery.id, "token": delivery.lease_token, "at": attempt.ended_at}
            for delivery, attempt in kept
        ],
    )
    for delivery, attempt in kept:
        if delivery.carries:
            values = {"status": DeliveryStatus.DELIVERED, "delivered_at": attempt.ended_at}
            _update(session, DeliveryRow.carried_by == delivery.id, **_NO_LEASE, **values)
    session.connection().execute(
        insert(_ATTEMPTS), [_values(delivery, attempt) for delivery, attempt in kept]
    )
    return held


def finish_later(session: Session, delivery: Delivery, attempt: Attempt, *, due_at: datetime) -> bool:
    """Record a failure that is tried again at `due_at`; False if the lease was lost."""
    return _finish(session, delivery, attempt, status=DeliveryStatus.FORMED, due_at=due_at)


def finish_dead(session: Session, delivery: Delivery, attempt: Attempt, *, reason: str) -> bool:
    """Record a failure that is final; False if the lease was lost."""
    return _finish(session, delivery, attempt, status=DeliveryStatus.DEAD, dead_reason=reason)


def release(session: Session, delivery: Delivery) -> None:
    """Give a claim back that was never used."""
    _update(
        session,
        _is_held(delivery),
        status=DeliveryStatus.FORMED,
        attempt_count=delivery.attempt_count - 1,
        **_NO_LEASE,
    )


def kill_queue(session: Session, channel: str, *, reason: str) -> int:
    """Dead-letter everything of a channel that no worker holds; return how many."""
    waiting = and_(DeliveryRow.channel == channel, is_formed())
    return _update(session, waiting, status=DeliveryStatus.DEAD, dead_reason=reason)


def is_any_expired(session: Session, channels: Collection[str], *, now: datetime) -> bool:
    """Whether these channels have something that is tried no longer and that no worker holds."""
    query = select(DeliveryRow.id).where(DeliveryRow.channel.in_(channels), _is_expired(now))
    return session.execute(query.limit(1)).first() is not None


def kill_expired(session: Session, channel: str, *, reason: str, now: datetime) -> int:
    """Dead-letter that of one channel; return how many."""
    found = and_(DeliveryRow.channel == channel, _is_expired(now))
    return _update(session, found, status=DeliveryStatus.DEAD, dead_reason=reason)


def hasten(session: Session, channel: str, *, now: datetime) -> int:
    """Have what of a channel waits for its next try sent now; return how many."""
    later = and_(
        is_formed(),
        DeliveryRow.due_at > now,
        DeliveryRow.carried_by.is_(None),
    )
    return _update(session, and_(DeliveryRow.channel == channel, later), due_at=now)


def absorbed(session: Session, ids: Collection[str]) -> dict[str, list[tuple[int, EventType]]]:
    """Return, by delivery, the numbers and types of the events it absorbed, in order."""
    found: dict[str, list[tuple[int, EventType]]] = {}
    for absorber, event_seq, kind in session.execute(_absorbed(), {"ids": list(ids)}):
        found.setdefault(str(absorber), []).append((event_seq, EventType(kind)))
    return found


def sent_before(session: Session, deliveries: Collection[Delivery]) -> dict[str, tuple[str, ...]]:
    """Return, by delivery, the message ids its recipient already got of the episode, oldest first."""
    lanes = {(each.channel, each.recipient, each.episode_id) for each in deliveries}
    given = {"episodes": sorted({each.episode_id for each in deliveries}), "lanes": sorted(lanes)}
    got: dict[tuple[str, str, str], list[str]] = {}
    for channel, recipient, episode_id, message_id in session.execute(_sent_before(), given):
        got.setdefault((channel, recipient, episode_id), []).append(message_id)
    return {
        each.id: tuple(got.get((each.channel, each.recipient, each.episode_id), ())) for each in deliveries
    }


# These statements are made once: making one anew takes longer than asking it.


@cache
def _crowded() -> Select[str, str]:
    row = DeliveryRow
    query = select(row.channel, row.fingerprint).where(
        is_unfinished(), row.fingerprint.in_(bindparam("names", expanding=True))
    )
    return query.group_by(row.channel, row.fingerprint, row.recipient).having(func.count() > 1)


@cache
def _absorbed() -> Select[str | None, int, str]:
    row, event, absorber = DeliveryRow, AlertEventRow, aliased(DeliveryRow)
    ids: Any = bindparam("ids", expanding=True)
    # What is absorbed is of the same episode, which has an index.
    episodes = select(absorber.episode_id).where(absorber.id.in_(ids))
    is_of = and_(event.episode_id == row.episode_id, event.event_seq == row.event_seq)
    query = select(row.absorbed_by, row.event_seq, event.type).join(event, is_of)
    return query.where(row.absorbed_by.in_(ids), row.episode_id.in_(episodes)).order_by(row.event_seq)


@cache
def _sent_before() -> Select[str, str, str, str]:
    row, carrier = DeliveryRow, aliased(DeliveryRow)
    lanes: Any = bindparam("lanes", expanding=True)
    return (
        select(row.channel, row.recipient, row.episode_id, func.coalesce(carrier.message_id, row.message_id))
        .outerjoin(carrier, carrier.id == row.carried_by)
        .where(
            row.episode_id.in_(bindparam("episodes", expanding=True)),
            tuple_(bare(row.channel), row.recipient, bare(row.episode_id)).in_(lanes),
            row.status == DeliveryStatus.DELIVERED,
        )
        .order_by(row.notification_id)
    )


@cache
def _freeze() -> Update:
    """Return the statement, made once; its parameters are named as the columns."""
    table: Any = DeliveryRow.__table__
    names = ("body", "content_type", "body_sha256")
    is_new = and_(table.c.id == bindparam("of"), table.c.body.is_(None))
    return update(table).where(is_new).values({name: bindparam(name) for name in names})


def _formed(notification: Notification, *, recipient: str, now: datetime) -> dict[str, Any]:
    identity = uuid_utils.uuid7()
    letters = base64.b32encode(identity.bytes).decode().rstrip("=").lower()
    return {
        "id": str(identity),
        "message_id": f"msg_{letters}",
        "channel": notification.channel,
        "recipient": recipient,
        "fingerprint": notification.fingerprint,
        "episode_id": notification.episode_id,
        "event_seq": notification.event_seq,
        "notification_id": notification.id,
        "group_key": "",
        "content_type": "",
        "body_sha256": "",
        "status": DeliveryStatus.FORMED,
        "formed_at": now,
        "due_at": now,
        "expires_at": now + LIFETIME,
        "attempt_count": 0,
        "dead_reason": "",
        **_NO_LEASE,
    }


def _is_expired(now: datetime) -> ColumnElement[bool]:
    return and_(is_formed(), DeliveryRow.expires_at <= now)


def _finish(session: Session, delivery: Delivery, attempt: Attempt, **values: Any) -> bool:
    if not _update(session, _is_held(delivery), **_NO_LEASE, **values):
        return False
    if delivery.carries and values["status"] != DeliveryStatus.FORMED:
        _update(session, DeliveryRow.carried_by == delivery.id, **values)
    session.add(AttemptRow(**_values(delivery, attempt)))
    return True


@cache
def _tokens() -> Select[str, str]:
    row = DeliveryRow
    query = select(row.id, row.lease_token).where(row.id.in_(bindparam("ids", expanding=True)))
    return query.order_by(row.id).with_for_update()


@cache
def _to_delivered() -> Update:
    table: Any = DeliveryRow.__table__
    is_held = and_(table.c.id == bindparam("of"), table.c.lease_token == bindparam("token"))
    values: dict[str, Any] = {
        "status": DeliveryStatus.DELIVERED, "delivered_at": bindparam("at"), **_NO_LEASE,
    }  # fmt: skip
    return update(table).where(is_held).values(values)


def _values(delivery: Delivery, attempt: Attempt) -> dict[str, Any]:
    return {"delivery_id": delivery.id, **{each.name: getattr(attempt, each.name) for each in _ATTEMPT}}


def _is_held(delivery: Delivery) -> ColumnElement[bool]:
    return and_(DeliveryRow.id == delivery.id, DeliveryRow.lease_token == delivery.lease_token)


def _update(session: Session, condition: ColumnElement[bool], **values: Any) -> int:
    """Update in one statement; return how many rows it found."""
    statement = update(DeliveryRow).where(condition).values(**values).returning(DeliveryRow.id)
    return len(session.execute(statement.execution_options(synchronize_session=False)).all())


def delivery_from(row: DeliveryRow, attempts: Sequence[Attempt] = ()) -> Delivery:
    """Return the domain value of a row."""
    return Delivery(
        id=row.id,
        message_id=row.message_id,
        channel=row.channel,
        recipient=row.recipient,
        episode_id=row.episode_id,
        fingerprint=row.fingerprint,
        status=DeliveryStatus(row.status),
        formed_at=row.formed_at,
        due_at=row.due_at,
        expires_at=row.expires_at,
        attempt_count=row.attempt_count,
        tries_before=row.tries_before,
        event_seq=row.event_seq,
        lease_token=row.lease_token,
        body=row.body,
        content_type=row.content_type,
        body_sha256=row.body_sha256,
        delivered_at=row.delivered_at,
        dead_reason=row.dead_reason,
        held_by=row.held_by,
        absorbed_by=row.absorbed_by or "",
        group_key=row.group_key,
        carries=row.carries,
        carried_by=row.carried_by or "",
        attempts=tuple(attempts),
    )
