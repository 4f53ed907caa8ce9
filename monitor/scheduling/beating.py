"""Beating: a worker's heartbeats, and how far the clock leapt between two of them."""

import threading
import time
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from monitor.bootstrap import Application
from monitor.services.beat import SinceLast, beat


@dataclass(frozen=True, slots=True)
class _Beat:
    at: datetime
    steady: float


class Beats:
    """The last beat of each database this process works on."""

    def __init__(self) -> None:
        """Nothing has beaten yet."""
        self._lock = threading.Lock()
        self._last: WeakKeyDictionary[object, _Beat] = WeakKeyDictionary()

    def tick(self, application: Application) -> bool:
        """Tell the database that this worker lives; True if no worker did for a while before."""
        with self._lock, application.writing() as (session, now):
            steady, last = _steady(), self._last.get(application.database)
            since = None if last is None else SinceLast(beat_at=last.at, seconds=steady - last.steady)
            found = beat(session, worker=application.worker_name, now=now, since=since)
            self._last[application.database] = _Beat(now, steady)
        return found.is_after_gap


def _steady() -> float:
    """Return seconds by a clock that cannot be set; on Linux it goes on while the machine sleeps."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)
