"""Rows of pairs of incidents that may be one."""

from datetime import datetime

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.rows.base import Kind, Row, SlugKey, Words


class IncidentPairRow(Row):
    """Two incidents of different sources: proposed as one, or what a person said of them."""

    __tablename__ = "incident_pair"

    first_source: Mapped[SlugKey]
    first_id: Mapped[SlugKey]
    second_source: Mapped[SlugKey]
    second_id: Mapped[SlugKey]
    score: Mapped[float]
    reasons: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[Kind]
    proposed_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[Words]
    reason: Mapped[Words]
