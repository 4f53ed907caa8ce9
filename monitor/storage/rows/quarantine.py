"""Rows of readings that did not pass a quality gate; never scored, never removed."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.rows.base import Epoch, Id, Kind, Row, Slug, Words


class QuarantineRow(Row):
    """A reading that waits, or waited, for a person; one row for the same content however often it comes.

    `run_id` is the run that gave it last; runs may be forgotten, so nothing refers to them.
    """

    __tablename__ = "quarantine"
    __table_args__ = (Index(None, "state", "source"), Index(None, "series", "state"), Index(None, "run_id"))

    id: Mapped[Id]
    digest: Mapped[str] = mapped_column(String(32), unique=True)
    run_id: Mapped[int | None]
    source: Mapped[Slug]
    series: Mapped[str] = mapped_column(Text)
    period_start: Mapped[Epoch]
    period_end: Mapped[Epoch]
    known_at: Mapped[Epoch]
    source_revision: Mapped[int]
    value: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    unit: Mapped[Words]
    grade: Mapped[Words]
    citation: Mapped[Words]
    is_reconstructed: Mapped[bool]
    note: Mapped[Words]
    gate: Mapped[Kind]
    reason: Mapped[Words]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    state: Mapped[Kind]
    corrected_value: Mapped[float | None]
    decided_by: Mapped[Words]
    why: Mapped[Words]
    decided_at: Mapped[datetime | None]
