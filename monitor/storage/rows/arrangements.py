"""Rows of arrangements: what people agreed on about who is told when, each as one document."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.rows.base import Json, Row, Slug, SlugKey


class ArrangementRow(Row):
    """One rota, mute window, escalation or subscription; `version` is what compare-and-set compares."""

    __tablename__ = "arrangement"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    slug: Mapped[SlugKey]
    version: Mapped[int]
    body: Mapped[Json]
    changed_at: Mapped[datetime]
    changed_by: Mapped[Slug]
