"""Decisions about suggested events: added once, and read with the suggestions of a series."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from monitor.storage.rows.suggestions import SuggestionDecisionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionDecision:
    """What someone said of a change point that begins with a period; `event` "" says it was dismissed."""

    series: str
    period_start: int
    is_rise: bool
    event: str
    author: str
    reason: str
    decided_at: datetime

    @property
    def is_confirmed(self) -> bool:
        """Whether it became an event."""
        return bool(self.event)


def add(session: Session, decision: SuggestionDecision) -> None:
    """Store a decision."""
    values = {name: getattr(decision, name) for name in SuggestionDecision.__dataclass_fields__}
    session.execute(insert(SuggestionDecisionRow).values(values))


def of_series(session: Session, series: str) -> list[SuggestionDecision]:
    """Return the decisions about a series, oldest first."""
    statement = (
        select(SuggestionDecisionRow)
        .where(SuggestionDecisionRow.series == series)
        .order_by(SuggestionDecisionRow.id)
    )
    return [
        SuggestionDecision(**{name: getattr(row, name) for name in SuggestionDecision.__dataclass_fields__})
        for row in session.execute(statement).scalars()
    ]
