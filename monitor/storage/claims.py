"""Claims: which deliveries may be sent now, and the lease under which one worker sends them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import uuid_utils
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Update,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from monitor.domain.alerting.delivery import Delivery, DeliveryStatus
from monitor.domain.scale import Concern
from monitor.storage.deliveries import LEASE, delivery_from
from monitor.storage.rows.alerts import AlertEventRow
from monitor.storage.rows.base import UtcDateTime
from monitor.storage.rows.deliveries import AttemptRow, DeliveryRow
from monitor.storage.states import bare, is_formed, is_leased, is_unfinished, ranked

LOST = "lost"


def busy_channels(session: Session, *, now: datetime) -> Sequence[str]:
    """Return the channels in which something is due, if perhaps behind what is not; the longest due first."""
    return session.scalars(_busy(), {"now": now}).all()


def claimable(
    session: Session, *, channel: str, now: datetime, limit: int, oldest_first: bool = False
) -> list[Delivery]:
    """Return what of a channel may be sent now: the lowest unfinished of each lane.

    What is critical comes first, then what is due the longest; or whatever was formed first.
    """
    given = {"now": now, "channel": channel, "most": limit}
    return [delivery_from(row) for row in session.scalars(_heads_of(oldest_first=oldest_first), given)]


def claim(session: Session, ids: Collection[str], *, owner: str, now: datetime) -> list[Delivery]:
    """Lease those of the deliveries that may still be sent; an expired lease leaves an attempt `lost`."""
    rows = session.scalars(_heads_among(), {"now": now, "ids": list(ids)}).all()
    if not rows:
        return []
    session.add_all(_lost(row) for row in rows if row.status == DeliveryStatus.LEASED)
    tokens = {row.id: str(uuid_utils.uuid4()) for row in rows}
    leased = [
        {"of": key, "token": token, "owner": owner, "until": now + LEASE} for key, token in tokens.items()
    ]
    session.connection().execute(_lease(), leased)
    return [
        replace(
            delivery_from(row), status=DeliveryStatus.LEASED, attempt_count=row.attempt_count + 1,
            lease_token=tokens[row.id],
        )
        for row in rows
    ]  # fmt: skip


# These statements are made once: making one anew takes longer than asking it.


@cache
def _lease() -> Update:
    table: Any = DeliveryRow.__table__
    return (
        update(table)
        .where(table.c.id == bindparam("of"))
        .values(
            status=DeliveryStatus.LEASED,
            attempt_count=table.c.attempt_count + 1,
            lease_owner=bindparam("owner"),
            lease_until=bindparam("until"),
            lease_token=bindparam("token"),
        )
    )


@cache
def _busy() -> Select[str]:
    row = DeliveryRow
    query = select(row.channel).where(_claimable()).group_by(row.channel)
    return query.order_by(func.min(row.due_at), row.channel)


@cache
def _heads_of(*, oldest_first: bool) -> Select[DeliveryRow]:
    """Of one channel, what may be sent now, at most so many."""
    is_of = and_(
        AlertEventRow.episode_id == DeliveryRow.episode_id, AlertEventRow.event_seq == DeliveryRow.event_seq
    )
    by_worth = (case((AlertEventRow.concern == Concern.CRITICAL, 0), else_=1), DeliveryRow.due_at)
    query = _heads().where(bare(DeliveryRow.channel) == bindparam("channel")).outerjoin(AlertEventRow, is_of)
    query = query.order_by(*(() if oldest_first else by_worth), ranked(DeliveryRow.notification_id))
    return query.limit(bindparam("most", type_=Integer))


@cache
def _heads_among() -> Select[DeliveryRow]:
    """Of some, those that may still be sent, locked."""
    query = _heads().where(DeliveryRow.id.in_(bindparam("ids", expanding=True))).order_by(DeliveryRow.due_at)
    return query.with_for_update(of=DeliveryRow, skip_locked=True)


def _claimable() -> ColumnElement[bool]:
    """Due, in no worker's hands and carried by no other; a lease that ran out counts as in none."""
    now = bindparam("now", type_=UtcDateTime())
    is_free = or_(
        and_(is_formed(), DeliveryRow.carried_by.is_(None)), and_(is_leased(), DeliveryRow.lease_until <= now)
    )
    return and_(is_unfinished(), DeliveryRow.due_at <= now, is_free)


def _heads() -> Select[DeliveryRow]:
    earlier = aliased(DeliveryRow)
    is_behind = exists().where(
        earlier.channel == DeliveryRow.channel,
        earlier.recipient == DeliveryRow.recipient,
        earlier.fingerprint == DeliveryRow.fingerprint,
        earlier.notification_id < DeliveryRow.notification_id,
        is_unfinished(earlier),
    )
    query = select(DeliveryRow).where(
        _claimable(), ~is_behind, or_(DeliveryRow.carries == 0, ~_is_carrying_behind())
    )
    return query.execution_options(populate_existing=True)


def _is_carrying_behind() -> ColumnElement[bool]:
    """Whether any that a delivery carries is behind another of its own lane."""
    carried, earlier = aliased(DeliveryRow), aliased(DeliveryRow)
    return exists().where(
        carried.carried_by == DeliveryRow.id,
        earlier.channel == carried.channel,
        earlier.recipient == carried.recipient,
        earlier.fingerprint == carried.fingerprint,
        earlier.notification_id < carried.notification_id,
        is_unfinished(earlier),
        earlier.id != DeliveryRow.id,
        earlier.carried_by.is_distinct_from(DeliveryRow.id),
    )


def _lost(row: DeliveryRow) -> AttemptRow:
    """The attempt of a worker that was never heard of again; whether it sent is not known."""
    until = row.lease_until or row.due_at
    return AttemptRow(
        delivery_id=row.id,
        number=row.attempt_count,
        started_at=until - LEASE,
        ended_at=until,
        outcome=LOST,
        status_code=None,
        error=f"{row.lease_owner} did not finish; it may or may not have arrived",
        remote_address="",
        snippet="",
    )
