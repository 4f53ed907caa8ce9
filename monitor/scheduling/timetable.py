"""The timetable: which service runs how often. What is due lies in the database, never here."""

from collections.abc import Callable
from dataclasses import dataclass

from monitor.bootstrap import Application
from monitor.scheduling import jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One fixed tick."""

    name: str
    every_seconds: float
    run: Callable[[Application], object]


def timetable() -> tuple[Job, ...]:
    """Return the ticks of a worker."""
    return (
        Job(name="beat", every_seconds=5, run=jobs.beat),
        Job(name="observe", every_seconds=0.5, run=jobs.observe_due),
        Job(name="exercises", every_seconds=0.5, run=jobs.advance_exercises),
        Job(name="pipeline", every_seconds=5, run=jobs.drain_pipeline),
        Job(name="deliver", every_seconds=1, run=jobs.deliver_due),
        Job(name="attend", every_seconds=5, run=jobs.attend_due),
        Job(name="escalate", every_seconds=5, run=jobs.escalate_due),
        Job(name="relay", every_seconds=5, run=jobs.relay_due),
        Job(name="channels", every_seconds=15, run=jobs.watch_channels_due),
        Job(name="announce", every_seconds=30, run=jobs.announce_due),
        Job(name="comms", every_seconds=60, run=jobs.check_comms_due),
        Job(name="signal", every_seconds=15, run=jobs.signal_due),
        Job(name="pack", every_seconds=15, run=jobs.pack_due),
        Job(name="backfill", every_seconds=2, run=jobs.backfill_due),
        Job(name="purge", every_seconds=600, run=jobs.purge_old),
    )
