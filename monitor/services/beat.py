"""Record that a worker lives, when none did, when the clock leapt, and what went wrong in a worker."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from monitor.storage import clock_moves, heartbeats, outages

# Two missed beats: alert timers do not count the time in between (alerting.md 1.3).
GAP = timedelta(seconds=15)
# A clock that differs by less from one that cannot be set was put right a little, or read late.
LEAP = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceLast:
    """A worker's own last beat by the clock, and the seconds since by one that cannot be set."""

    beat_at: datetime
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Beaten:
    """What a beat found: whether nobody had beaten for a while, and how far the clock leapt."""

    is_after_gap: bool = False
    leapt: timedelta = timedelta()


def beat(session: Session, *, worker: str, now: datetime, since: SinceLast | None = None) -> Beaten:
    """Write the heartbeat; a gap since the last of any worker is an outage, which timers do not count.

    After a leap back of the clock, what was due by the clock before is due as much sooner.
    """
    last = heartbeats.last(session)
    is_after_gap = last is not None and now - last > GAP
    if last is not None and is_after_gap:
        outages.add(session, started_at=last, ended_at=now)
    leapt = _leapt(last, since, now=now)
    if leapt:
        _note(session, leapt, now=now)
    heartbeats.beat(session, worker=worker, now=now)
    return Beaten(is_after_gap=is_after_gap, leapt=leapt)


def record_failure(session: Session, *, worker: str, note: str, now: datetime) -> None:
    """Keep the worker's last failure where the health page shows it."""
    heartbeats.fail(session, worker=worker, note=note, now=now)


def _leapt(last: datetime | None, since: SinceLast | None, *, now: datetime) -> timedelta:
    """Return how far the clock leapt; a worker that begins sees only a beat that has yet to come."""
    if since is not None:
        found = now - since.beat_at - timedelta(seconds=since.seconds)
    else:
        found = min(now - last, timedelta()) if last is not None else timedelta()
    return found if abs(found) > LEAP else timedelta()


def _note(session: Session, leapt: timedelta, *, now: datetime) -> None:
    """Record a leap once, whichever workers see it."""
    if clock_moves.between(session, now - LEAP, now + LEAP):
        return
    clock_moves.add(session, at=now, seconds=leapt.total_seconds())
    sooner = clock_moves.bring_back(session, by=-leapt, now=now) if leapt < timedelta() else 0
    structlog.get_logger().warning("the clock moved", seconds=leapt.total_seconds(), brought_back=sooner)
