"""Rows of deliveries: one alert event for one channel, one message to one recipient, one try to send it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.rows.base import Id, Kind, Row, Slug, Words

_WAITING = text("state IN ('waiting', 'held')")
_CARRIED = text("carried_by IS NOT NULL")
_UNFINISHED = text("status IN ('formed', 'leased')")


class NotificationRow(Row):
    """One alert event for one channel, written in the transaction of the event."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("channel", "episode_id", "event_seq"),
        Index("ix_notification_waiting", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index(None, "episode_id"),
    )

    id: Mapped[Id]
    channel: Mapped[Slug]
    episode_id: Mapped[Slug]
    event_seq: Mapped[int]
    fingerprint: Mapped[Slug]
    # Empty where it came before there were routes.
    route: Mapped[Words]
    group_key: Mapped[Words]
    state: Mapped[Kind]
    reason: Mapped[Words]
    delivery_id: Mapped[str | None] = mapped_column(String(40), index=True)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    # The channel that did not take it, where this is its fallback's.
    relayed_from: Mapped[str] = mapped_column(String(200), default="", server_default="")


class DeliveryRow(Row):
    """A message on its way; its body is frozen before the first attempt, a lease guards each attempt."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_unfinished", "due_at", sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED),
        # The queue of one recipient and alert: only its lowest unfinished row may be sent.
        Index(
            "ix_delivery_lane",
            "channel",
            "recipient",
            "fingerprint",
            "notification_id",
            sqlite_where=_UNFINISHED,
            postgresql_where=_UNFINISHED,
        ),
        Index("ix_delivery_carried", "carried_by", sqlite_where=_CARRIED, postgresql_where=_CARRIED),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    message_id: Mapped[str] = mapped_column(String(80), unique=True)
    channel: Mapped[Slug] = mapped_column(index=True)
    recipient: Mapped[Words]
    fingerprint: Mapped[Slug]
    episode_id: Mapped[Slug] = mapped_column(index=True)
    event_seq: Mapped[int]
    notification_id: Mapped[int] = mapped_column(index=True)
    group_key: Mapped[Words]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    content_type: Mapped[Words]
    body_sha256: Mapped[Words]
    status: Mapped[Kind]
    formed_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    attempt_count: Mapped[int]
    # The attempts before a person had it sent again: the retry table begins anew.
    tries_before: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    lease_owner: Mapped[Words]
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[Words]
    delivered_at: Mapped[datetime | None]
    dead_reason: Mapped[Words]
    # Why it is kept for its reader until it is due: quiet hours, or a digest.
    held_by: Mapped[Words]
    absorbed_by: Mapped[str | None] = mapped_column(String(40))
    # The delivery of the same group that tells this one too, and how many such a delivery tells.
    carried_by: Mapped[str | None] = mapped_column(String(40))
    carries: Mapped[int] = mapped_column(Integer, default=0, server_default="0")


class AttemptRow(Row):
    """One try to send a delivery, and what came of it."""

    __tablename__ = "attempt"

    delivery_id: Mapped[str] = mapped_column(ForeignKey("delivery.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    outcome: Mapped[Kind]
    status_code: Mapped[int | None]
    error: Mapped[Words]
    remote_address: Mapped[Words]
    snippet: Mapped[Words]
