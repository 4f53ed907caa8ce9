"""List backfills with how far each is, for the console and the page of a source."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from monitor.domain.backfill import COUNTS, Backfill, BackfillState
from monitor.storage import backfills


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillLine:
    """One backfill; `percent_done` of its days are there, `reached` is the earliest of them, if any."""

    id: int
    source: str
    since: date
    until: date
    step_days: int
    state: str
    percent_done: float
    reached: date | None
    stretches_left: int
    counts: dict[str, int]
    tries: int
    message: str
    requested_by: str
    requested_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    sentence: str

    @property
    def is_running(self) -> bool:
        """Whether a worker goes on with it."""
        return self.state == BackfillState.RUNNING


def backfill_list(session: Session, *, source: str | None = None, limit: int = 50) -> list[BackfillLine]:
    """Return backfills, of one source or of all, newest first."""
    return [_line(found) for found in backfills.find_all(session, source=source, limit=limit)]


def _line(found: Backfill) -> BackfillLine:
    is_running = found.state is BackfillState.RUNNING
    return BackfillLine(
        id=found.id,
        source=found.source,
        since=found.since,
        until=found.until,
        step_days=found.step_days,
        state=found.state.value,
        percent_done=round(100 * found.share_done, 1),
        reached=found.reached,
        stretches_left=found.stretches_left,
        counts={name: getattr(found, name) for name in COUNTS},
        tries=found.tries,
        message=found.message,
        requested_by=found.requested_by,
        requested_at=found.requested_at,
        due_at=found.due_at if is_running else None,
        ended_at=found.ended_at,
        sentence=found.sentence,
    )
