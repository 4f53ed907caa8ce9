"""Rows of the desk itself: sources and their runs, people, workers, clocks, and who changed what."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.rows.base import Id, Kind, MaybeJson, Row, Slug, SlugKey, Words


class SourceStateRow(Row):
    """When a source is next due and how it last did; a cut source is not asked (an exercise of blindness)."""

    __tablename__ = "source_state"

    source: Mapped[SlugKey]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    last_ok_at: Mapped[datetime | None]
    last_run_at: Mapped[datetime | None]
    failures: Mapped[int]
    is_cut: Mapped[bool]
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[int] = mapped_column(default=0, server_default="0")
    bookmark: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    last_new_at: Mapped[datetime | None]


class RunRow(Row):
    """One time a source was asked, and what it gave."""

    __tablename__ = "run"
    __table_args__ = (Index(None, "source", "started_at"),)

    id: Mapped[Id]
    source: Mapped[Slug]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[Kind]
    seen: Mapped[int]
    new: Mapped[int]
    revised: Mapped[int]
    withdrawn: Mapped[int]
    rejected: Mapped[int]
    message: Mapped[Words]
    quarantined: Mapped[int] = mapped_column(default=0, server_default="0")
    samples: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")
    asked: Mapped[MaybeJson]


class PersonRow(Row):
    """Someone with an account."""

    __tablename__ = "person"

    id: Mapped[Id]
    email: Mapped[Slug] = mapped_column(unique=True)
    name: Mapped[Words]
    role: Mapped[Kind]
    password_hash: Mapped[Words]
    created_at: Mapped[datetime]
    is_enabled: Mapped[bool]
    language: Mapped[Kind] = mapped_column(default="en", server_default="en")
    zone: Mapped[Slug] = mapped_column(default="UTC", server_default="UTC")
    hears: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_notified: Mapped[bool] = mapped_column(default=False, server_default=false())


class WebSessionRow(Row):
    """Someone signed in; only the hash of the token is kept."""

    __tablename__ = "web_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SignInFailureRow(Row):
    """A wrong password or an unknown account, counted to slow the next try down."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index(None, "account", "at"), Index(None, "address", "at"))

    id: Mapped[Id]
    account: Mapped[Slug]
    address: Mapped[Slug]
    at: Mapped[datetime]


class VisitRow(Row):
    """When a person last looked at a subject or, named by nothing, at the board; and when the time before."""

    __tablename__ = "visit"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    subject: Mapped[SlugKey]
    at: Mapped[datetime]
    before_at: Mapped[datetime | None]


class HeartbeatRow(Row):
    """A worker that lives, or lived, and the last thing that went wrong in it."""

    __tablename__ = "heartbeat"

    worker: Mapped[SlugKey]
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    note: Mapped[Words]


class OutageRow(Row):
    """A stretch in which no worker lived; alert timers do not count it."""

    __tablename__ = "outage"

    id: Mapped[Id]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime] = mapped_column(index=True)


class ClockMoveRow(Row):
    """A leap of the clock that a worker saw: when, by the clock after it, and how far; back is below 0."""

    __tablename__ = "clock_move"

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(index=True)
    seconds: Mapped[float]


class SignalRow(Row):
    """The signal that tells an outside monitor that a worker does its work: how it went last."""

    __tablename__ = "signal"

    name: Mapped[SlugKey]
    tried_at: Mapped[datetime]
    ok_at: Mapped[datetime | None]
    note: Mapped[Words]


class AuditEntryRow(Row):
    """Who changed what, when and why; only ever added."""

    __tablename__ = "audit_entry"

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[Slug]
    action: Mapped[Slug]
    target: Mapped[str] = mapped_column(String(400), index=True)
    reason: Mapped[Words]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
