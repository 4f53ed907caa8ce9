"""When a source is next asked, and which release it owes: its schedule, by the calendars of the world."""

from datetime import datetime, timedelta

from monitor.domain import schedule
from monitor.domain.source import Source
from monitor.services.cron_times import CRON_TIMES


def next_due(
    source: Source,
    *,
    now: datetime,
    failures: int,
    last_new_at: datetime | None,
    retry_after_seconds: float | None = None,
) -> datetime | None:
    """Return a source's next turn after a run that ended now; None if it is never asked by the clock."""
    return schedule.next_due(
        source,
        now=now,
        failures=failures,
        last_new_at=last_new_at,
        times=CRON_TIMES,
        retry_after_seconds=retry_after_seconds,
    )


def late_sentence(source: Source, *, now: datetime, last_new_at: datetime | None) -> str:
    """Say which release has not come though its grace has passed; "" if none is late."""
    late = schedule.late_release(source, now=now, last_new_at=last_new_at, times=CRON_TIMES)
    return "" if late is None else late.sentence(source.name, now=now)


def usual_gap(source: Source, *, now: datetime) -> timedelta | None:
    """Return how far two of its turns lie apart; None if it is never asked by the clock."""
    return schedule.usual_gap(source, now=now, times=CRON_TIMES)
