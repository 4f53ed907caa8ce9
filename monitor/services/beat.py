"""Record that a worker lives, when it did not, and what went wrong in it."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.storage import heartbeats, outages

# Two missed beats: alert timers do not count the time in between (alerting.md 1.3).
GAP = timedelta(seconds=15)


def beat(session: Session, *, worker: str, now: datetime) -> None:
    """Write the heartbeat; a gap since the last beat of any worker is an outage row."""
    last = heartbeats.last(session)
    if last is not None and now - last > GAP:
        outages.add(session, started_at=last, ended_at=now)
    heartbeats.beat(session, worker=worker, now=now)


def record_failure(session: Session, *, worker: str, note: str, now: datetime) -> None:
    """Keep the worker's last failure where the health page shows it."""
    heartbeats.fail(session, worker=worker, note=note, now=now)
