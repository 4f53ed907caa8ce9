"""When a source is next asked."""

from datetime import datetime, timedelta

from monitor.domain.source import Source

PAUSE_AFTER_FAILURE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=1)


def next_due(
    source: Source, *, now: datetime, failures: int, retry_after_seconds: float | None = None
) -> datetime | None:
    """Return a source's next turn; None if it is never asked by the clock.

    By its interval; after a failure sooner, each time twice as late, up to an hour; never before the other
    side asked us to come again.
    """
    if source.interval_seconds is None:
        return None
    interval = timedelta(seconds=source.interval_seconds)
    if not failures:
        return now + interval
    pause: timedelta = PAUSE_AFTER_FAILURE * 2 ** min(failures - 1, 6)
    return now + max(min(interval, LONGEST_PAUSE, pause), timedelta(seconds=retry_after_seconds or 0.0))
