"""Backfilling: threads that ask for history, a stretch at a time; a slow one holds up no other."""

import threading

from monitor.bootstrap import Application
from monitor.services.backfill import backfill_next

# How many histories are asked for at once; the sources' live runs have threads of their own.
MOST = 3


class Backfillers:
    """The threads of one process that ask for history."""

    def __init__(self) -> None:
        """Start with no thread."""
        self._threads: list[threading.Thread] = []
        self._failures: list[Exception] = []
        self._lock = threading.Lock()

    def tick(self, application: Application) -> None:
        """Begin with what can go on; raise what broke in a thread since the last tick."""
        with self._lock:
            failures, self._failures = self._failures, []
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            begun = [
                threading.Thread(target=self._ask, args=(application,), name="backfill", daemon=True)
                for _ in range(MOST - len(self._threads))
            ]
            self._threads += begun
        for thread in begun:
            thread.start()
        if failures:
            raise failures[0]

    def wait(self, seconds: float) -> bool:
        """Wait until what is under way has ended, so long for each; whether it did."""
        for thread in self._threads:
            thread.join(seconds)
        return not any(thread.is_alive() for thread in self._threads)

    def _ask(self, application: Application) -> None:
        """Ask for one stretch after the other until none can go on now."""
        try:
            while not application.should_stop() and backfill_next(application.database, application.outside):
                pass
        except Exception as error:  # noqa: BLE001 - raised by the next tick, at the job boundary
            with self._lock:
                self._failures.append(error)
