"""Observations: a value for a period, on two clocks, with grade and citation; rows are only ever added."""

from dataclasses import dataclass
from datetime import datetime

from monitor.domain.clock import require_utc

UNGRADED = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a source, a file or a person gives: one value of one series for one half-open UTC period.

    `value` None withdraws the period. `known_at` is when the desk could know it; where that had to be
    reckoned (period end + publication lag) `is_reconstructed` says so. `unit` is the one the source states,
    for the unit gate only; "" where it states none.
    """

    series: str
    period_start: datetime
    period_end: datetime
    value: float | None
    known_at: datetime
    low: float | None = None
    high: float | None = None
    grade: str = UNGRADED
    citation: str = ""
    source_revision: int = 0
    is_reconstructed: bool = False
    note: str = ""
    unit: str = ""

    def __post_init__(self) -> None:
        """Refuse naive times, an empty period, and bounds that do not hold the value."""
        for name in ("period_start", "period_end", "known_at"):
            require_utc(getattr(self, name), field=name)
        if self.period_end <= self.period_start:
            message = f"{self.series}: a period must end after it starts"
            raise ValueError(message)
        if self.value is not None:
            low = self.value if self.low is None else self.low
            high = self.value if self.high is None else self.high
            if not low <= self.value <= high:
                found = f"({low:g}, {self.value:g}, {high:g})"
                message = f"{self.series}: low <= value <= high does not hold {found}"
                raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A stored reading with its place in commit order and what was shared by its batch.

    `is_confirmed`: a person said that the value stands, though its period has not settled.
    """

    reading: Reading
    seq: int
    stored_at: datetime
    source: str
    author: str = ""
    is_confirmed: bool = False
