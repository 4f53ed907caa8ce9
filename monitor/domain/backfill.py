"""A backfill: the history of a source asked for stretch by stretch, with how far it has come."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from monitor.domain.harvest import Window
from monitor.domain.wording import msgid

COUNTS = ("seen", "new", "revised", "withdrawn", "quarantined", "rejected")
MOST_TRIES = 6
_DAY = timedelta(days=1)
_YEAR_DAYS = 365


class BackfillState(StrEnum):
    """Where a backfill stands."""

    RUNNING = msgid("running")
    DONE = msgid("done")
    FAILED = msgid("failed")
    CANCELLED = msgid("cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """The days from `since` to `until`, both included, asked for `step_days` at a time, the newest first.

    So what is there is never cut in two: it reaches from now back to some day, whenever it is looked at or
    stopped. `next_day` is the last day of the next stretch; before `since` once all are there. `tries`
    counts failures in a row; `due_at` is when to go on.
    """

    id: int
    source: str
    since: date
    until: date
    step_days: int
    next_day: date
    state: BackfillState
    requested_by: str
    requested_at: datetime
    due_at: datetime
    ended_at: datetime | None = None
    tries: int = 0
    message: str = ""
    seen: int = 0
    new: int = 0
    revised: int = 0
    withdrawn: int = 0
    quarantined: int = 0
    rejected: int = 0

    def __post_init__(self) -> None:
        """Refuse a history that ends before it begins, or goes nowhere."""
        if self.until < self.since:
            message = "until is before since"
            raise ValueError(message)
        if self.step_days < 1:
            message = "step_days must be at least 1"
            raise ValueError(message)

    @property
    def stretch(self) -> Window | None:
        """The days to ask for next; None if all are there."""
        if self.next_day < self.since:
            return None
        return Window(first=max(self.since, self.next_day - (self.step_days - 1) * _DAY), last=self.next_day)

    @property
    def window(self) -> Window | None:
        """The days to ask for with the next stretch: with the whole of the weeks and months it would cut.

        With stretches of a year and more, of the years too. None if all are there.
        """
        if self.stretch is None:
            return None
        first = self.stretch.whole.first
        if self.step_days >= _YEAR_DAYS:
            first = first.replace(month=1)
        return Window(first=max(self.since, first), last=self.stretch.last)

    @property
    def next_day_after(self) -> date:
        """Return `next_day` as it is once the next stretch is there."""
        return self.since - _DAY if self.stretch is None else self.stretch.first - _DAY

    @property
    def reached(self) -> date | None:
        """The earliest day that is there; None if none is."""
        earliest = max(self.since, self.next_day + _DAY)
        return earliest if earliest <= self.until else None

    @property
    def stretches_left(self) -> int:
        """How many stretches are still to be asked for."""
        return -(-max(0, (self.next_day - self.since).days + 1) // self.step_days)

    @property
    def share_done(self) -> float:
        """The part of its days that is there, 0 to 1."""
        return (self.until - self.next_day).days / ((self.until - self.since).days + 1)

    @property
    def sentence(self) -> str:
        """How far it is, in one line for a person."""
        days = f"{self.source}, {self.since} to {self.until}"
        counts = f"{self.seen} seen, {self.new} new, {self.revised} revised"
        if self.state is BackfillState.DONE:
            return f"{days}: done, {counts}"
        told = f"back to {self.reached}" if self.reached else "nothing yet"
        tail = f"; {self.message}" if self.message else ""
        return f"{days}: {self.state.value}, {self.share_done:.0%}, {told}, {counts}{tail}"
