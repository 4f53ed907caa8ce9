"""Health: whether the desk itself does its work, what kept it from that lately, and who outside is told."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.services.overview.desk import desk
from monitor.services.overview.values import DeskView
from monitor.services.readiness import WORKER_SILENT, Readiness, readiness
from monitor.storage import clock_moves, health, heartbeats, outages, signals
from monitor.storage.clock_moves import ClockMove
from monitor.storage.outages import Outage
from monitor.storage.signals import Signal

LATELY = timedelta(days=30)
# A signal that comes each minute and has not for so long is missed.
SIGNAL_MISSED = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker: since when, when it was last seen alive, and what went wrong in it last."""

    name: str
    started_at: datetime
    beat_at: datetime
    note: str
    is_alive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthView:
    """The page of the desk's health; `signal` None: nobody outside was ever told."""

    desk: DeskView
    readiness: Readiness
    database: str
    size_bytes: int
    workers: tuple[Worker, ...]
    outages: tuple[Outage, ...]
    clock_moves: tuple[ClockMove, ...]
    signal: Signal | None
    is_signal_missed: bool


def health_page(session: Session, *, now: datetime, host_now: datetime) -> HealthView:
    """Return how the desk is, and what was wrong within 30 days, the latest first."""
    engine = "SQLite" if health.is_sqlite(session) else "PostgreSQL"
    signal = signals.find(session)
    workers = [
        Worker(
            name=each.worker, started_at=each.started_at, beat_at=each.beat_at, note=each.note,
            is_alive=now - each.beat_at <= WORKER_SILENT,
        )
        for each in heartbeats.find_all(session)
        if each.beat_at > now - LATELY
    ]  # fmt: skip
    return HealthView(
        desk=desk(session, now=now),
        readiness=readiness(session, now=now, host_now=host_now),
        database=f"{engine} {health.server_version(session)}",
        size_bytes=health.size_bytes(session),
        workers=tuple(workers),
        outages=tuple(reversed(outages.between(session, now - LATELY, now))),
        clock_moves=tuple(clock_moves.between(session, now - LATELY, now)),
        signal=signal,
        is_signal_missed=signal is not None and (signal.ok_at is None or now - signal.ok_at > SIGNAL_MISSED),
    )
