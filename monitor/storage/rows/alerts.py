"""Rows of alerts: the state of each rule, its episodes, their events, and the channels told of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.rows.base import Json, Kind, MaybeEpoch, MaybeJson, Row, Slug, SlugKey, Words


class AlertRow(Row):
    """The state of one rule on one series or subject; `version` is what compare-and-set compares."""

    __tablename__ = "alert"

    fingerprint: Mapped[SlugKey]
    rule: Mapped[Slug]
    subject: Mapped[Slug] = mapped_column(index=True)
    series: Mapped[Words]
    state: Mapped[Kind]
    concern: Mapped[int]
    peak_concern: Mapped[int]
    data_health: Mapped[Kind]
    pending: Mapped[Json]
    calm_seconds: Mapped[float]
    lower_seconds: Mapped[float]
    episode_id: Mapped[Words]
    event_seq: Mapped[int]
    started_at: Mapped[datetime | None]
    recovering_reason: Mapped[Words]
    recovering_detail: Mapped[Words]
    value: Mapped[float | None]
    period: Mapped[MaybeEpoch]
    held_concern: Mapped[int]
    closed_concern: Mapped[int]
    awaits_seq: Mapped[int] = mapped_column(BigInteger)
    health_seq: Mapped[int]
    returns: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    rested_at: Mapped[datetime | None]
    flapping_until: Mapped[datetime | None]
    locked_until: Mapped[datetime | None]
    locked_concern: Mapped[int] = mapped_column(default=0, server_default="0")
    rule_version: Mapped[int]
    evaluated_at: Mapped[datetime | None]
    evaluated_seq: Mapped[int] = mapped_column(BigInteger)
    due_at: Mapped[datetime | None]
    ack: Mapped[MaybeJson]
    version: Mapped[int]


class EpisodeRow(Row):
    """One stretch of an alert from firing to resolved, with the labels it had then."""

    __tablename__ = "episode"

    id: Mapped[SlugKey]
    fingerprint: Mapped[Slug] = mapped_column(index=True)
    rule: Mapped[Slug]
    subject: Mapped[Slug] = mapped_column(index=True)
    series: Mapped[Words]
    labels: Mapped[Json]
    started_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    resolution: Mapped[Words]
    peak_concern: Mapped[int]


class AlertEventRow(Row):
    """One thing that happened to an alert, numbered within its episode."""

    __tablename__ = "alert_event"

    episode_id: Mapped[SlugKey]
    event_seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    fingerprint: Mapped[Slug] = mapped_column(index=True)
    type: Mapped[Kind]
    at: Mapped[datetime]
    stored_at: Mapped[datetime]
    concern: Mapped[int]
    reason: Mapped[Words]
    body: Mapped[Json]


class ChannelRow(Row):
    """One way to reach people or programs; its secrets are encrypted."""

    __tablename__ = "channel"

    slug: Mapped[SlugKey]
    name: Mapped[Words]
    kind: Mapped[Kind]
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    secrets_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    lowest_concern: Mapped[int]
    is_enabled: Mapped[bool]
    takes_exercises: Mapped[bool]
    trouble: Mapped[Words]
    ceiling: Mapped[str] = mapped_column(String(40), default="", server_default="")
    per_minute: Mapped[int | None]
    fallback: Mapped[str] = mapped_column(String(200), default="", server_default="")
    created_at: Mapped[datetime]


class ChannelStateRow(Row):
    """How the last attempts of a channel fared: its breaker, and when those of the last minute began."""

    __tablename__ = "channel_state"

    slug: Mapped[SlugKey]
    failures: Mapped[int]
    recent: Mapped[str] = mapped_column(String(40))
    opens: Mapped[int]
    opened_at: Mapped[datetime | None]
    open_until: Mapped[datetime | None]
    probe_until: Mapped[datetime | None]
    starts: Mapped[list[int]] = mapped_column(JSON)
