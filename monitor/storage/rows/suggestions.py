"""Rows of what people decided about suggestions: what was confirmed or dismissed is not proposed again."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.rows.base import Epoch, Id, Row, Slug, Words


class SuggestionDecisionRow(Row):
    """A change point of a series that someone confirmed (then `event` names it) or dismissed."""

    __tablename__ = "suggestion_decision"

    id: Mapped[Id]
    series: Mapped[Slug] = mapped_column(index=True)
    period_start: Mapped[Epoch]
    is_rise: Mapped[bool]
    event: Mapped[Slug]
    author: Mapped[Slug]
    reason: Mapped[Words]
    decided_at: Mapped[datetime]
