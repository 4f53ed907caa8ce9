"""Comms checks: a message now and then through each channel, and a person who says that it came."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase
from monitor.domain.wording import msgid

ANSWER_WITHIN = timedelta(hours=24)
AFTER_FAILURE = timedelta(hours=1)
# A check that is due for so long was not sent: nothing here sends its kind, or nothing sends at all.
UNSENT_AFTER = timedelta(hours=1)
MOST_DAYS = 366


class CheckState(StrEnum):
    """How a comms check stands; computed, never stored."""

    CONFIRMED = msgid("confirmed")
    WAITING = msgid("waiting")
    OVERDUE = msgid("overdue")
    FAILED = msgid("failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommsCheck:
    """One check message to one recipient; `error` is why it was not taken, empty if it was."""

    id: str
    channel: str
    recipient: str
    sent_at: datetime
    answer_by: datetime
    error: str = ""
    confirmed_at: datetime | None = None
    confirmed_by: str = ""

    def state(self, now: datetime) -> CheckState:
        """Return how it stands: what was not taken has failed, what nobody confirmed in time is overdue."""
        if self.confirmed_at is not None:
            return CheckState.CONFIRMED
        if self.error:
            return CheckState.FAILED
        return CheckState.OVERDUE if now >= self.answer_by else CheckState.WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class CommsPlan:
    """How often a channel is checked, and when next."""

    channel: str
    every_days: int
    due_at: datetime

    def __post_init__(self) -> None:
        """Refuse what is no rhythm."""
        if not 1 <= self.every_days <= MOST_DAYS:
            raise InvalidInput(phrase("expected 1 to {most_days} days", most_days=MOST_DAYS), field="every")


def next_check(plan: CommsPlan, *, now: datetime, has_failed: bool) -> datetime:
    """Return when to check next: a channel that took nothing is tried again soon."""
    return now + (AFTER_FAILURE if has_failed else timedelta(days=plan.every_days))
