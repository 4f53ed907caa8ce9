"""Rows of shifts: the log, and handovers with every act on them; neither is ever changed or forgotten."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.rows.base import Id, Json, Kind, Row, Slug, Words

_OPEN = text("signed_at IS NULL AND withdrawn_at IS NULL")


class LogEntryRow(Row):
    """One entry of the shift log, or a correction of one."""

    __tablename__ = "log_entry"

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(index=True)
    stored_at: Mapped[datetime]
    author: Mapped[Slug]
    text: Mapped[Words]
    subject: Mapped[Slug] = mapped_column(index=True)
    episode_id: Mapped[Slug] = mapped_column(index=True)
    corrects: Mapped[int | None] = mapped_column(ForeignKey("log_entry.id"), index=True)


class HandoverRow(Row):
    """Where a handover stands by its acts; `version` is what compare-and-set compares."""

    __tablename__ = "handover"
    __table_args__ = (
        # One at a time on each rota: what is open is found by it too.
        Index("uq_handover_open", "rota", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[Id]
    rota: Mapped[Slug]
    outgoing: Mapped[Slug]
    incoming: Mapped[Slug]
    drafted_at: Mapped[datetime] = mapped_column(index=True)
    since_at: Mapped[datetime]
    as_of: Mapped[datetime]
    situation: Mapped[Kind]
    items: Mapped[int]
    accepted: Mapped[int]
    offered_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int]


class HandoverActRow(Row):
    """One act: its number is the version it made."""

    __tablename__ = "handover_act"

    handover_id: Mapped[int] = mapped_column(ForeignKey("handover.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[Kind]
    by: Mapped[Slug]
    at: Mapped[datetime]
    body: Mapped[Json]
