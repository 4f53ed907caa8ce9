"""Rows of backfills: histories asked for stretch by stretch."""

from datetime import date, datetime

from sqlalchemy import Date, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.rows.base import Id, Kind, Row, Slug, Words

_RUNNING = text("state = 'running'")


class BackfillRow(Row):
    """One history and how far it is; a source has at most one that runs."""

    __tablename__ = "backfill"
    __table_args__ = (
        Index("ix_backfill_running", "source", unique=True, sqlite_where=_RUNNING, postgresql_where=_RUNNING),
    )

    id: Mapped[Id]
    source: Mapped[Slug]
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date] = mapped_column(Date)
    step_days: Mapped[int]
    next_day: Mapped[date] = mapped_column(Date)
    state: Mapped[Kind]
    requested_by: Mapped[Slug]
    requested_at: Mapped[datetime]
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    tries: Mapped[int]
    message: Mapped[Words]
    seen: Mapped[int]
    new: Mapped[int]
    revised: Mapped[int]
    withdrawn: Mapped[int]
    quarantined: Mapped[int]
    rejected: Mapped[int]
