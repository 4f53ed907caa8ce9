"""Rows of comms checks: how often a channel is checked, and each check with its answer."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.rows.base import Row, Slug, SlugKey, Words


class CommsPlanRow(Row):
    """How often one channel is checked, and when next."""

    __tablename__ = "comms_plan"

    channel: Mapped[SlugKey]
    every_days: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(index=True)


class CommsCheckRow(Row):
    """One check message to one recipient, and who said that it came."""

    __tablename__ = "comms_check"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    channel: Mapped[Slug] = mapped_column(index=True)
    recipient: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    error: Mapped[Words]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[Words]
