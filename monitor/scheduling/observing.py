"""Observing: threads that ask the sources that are due; a slow or stuck one holds up nobody."""

import threading
import time
from dataclasses import dataclass, field

from monitor.bootstrap import Application
from monitor.services.due_work import due_sources
from monitor.services.observe import observe_next

# How many sources are asked at once, those aside that take long; and how many at most.
LIVELY, MOST = 8, 40
# From then on a run counts as one that takes long, and another thread may begin beside it. A dozen sources
# that hang are then got out of the way of the others within half a second.
LONG_SECONDS = 0.2
# How long a tick waits for what it began, so that quick sources are done when it ends; and how often it looks
# meanwhile whether more threads are to begin.
WAIT_SECONDS, LOOK_SECONDS = 0.4, 0.1


@dataclass(slots=True)
class _Turn:
    """One thread that asks one source after the other."""

    thread: threading.Thread | None = None
    since: float = field(default_factory=time.monotonic)

    @property
    def is_lively(self) -> bool:
        return time.monotonic() - self.since < LONG_SECONDS


class Observers:
    """The threads of one process that ask sources."""

    def __init__(self) -> None:
        """Start with no thread."""
        self._turns: list[_Turn] = []
        self._failures: list[Exception] = []
        self._lock = threading.Lock()

    def tick(self, application: Application, *, wait_seconds: float = WAIT_SECONDS) -> None:
        """Begin what is due, wait a little for it; raise what broke in a thread since the last tick."""
        ends_at = time.monotonic() + wait_seconds
        begun = self._begin(application)
        # What broke leaves its source due: that is the next tick's.
        while begun and not self._failures and (left := ends_at - time.monotonic()) > 0:
            begun[0].join(min(left, LOOK_SECONDS))
            begun = [*filter(threading.Thread.is_alive, begun), *self._begin(application)]
        with self._lock:
            failures, self._failures = self._failures, []
        if failures:
            raise failures[0]

    def wait(self, seconds: float) -> bool:
        """Wait until all that is under way has ended; whether it did."""
        ends_at = time.monotonic() + seconds
        with self._lock:
            threads = [turn.thread for turn in self._turns if turn.thread is not None]
        for thread in threads:
            thread.join(max(0.0, ends_at - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _begin(self, application: Application) -> list[threading.Thread]:
        """Start as many threads as sources are due and may be asked now; return them."""
        if application.should_stop():
            return []
        with application.reading() as (session, now):
            due = due_sources(session, now=now)
        with self._lock:
            lively = sum(turn.is_lively for turn in self._turns)
            room = min(due, LIVELY - lively, MOST - len(self._turns))
            begun = [_Turn() for _ in range(max(0, room))]
            self._turns += begun
        for number, turn in enumerate(begun):
            turn.thread = threading.Thread(
                target=self._ask, args=(application, turn), name=f"observe {number}", daemon=True
            )
            turn.thread.start()
        return [turn.thread for turn in begun if turn.thread is not None]

    def _ask(self, application: Application, turn: _Turn) -> None:
        """Ask one source after the other until none is due."""
        try:
            while not application.should_stop():
                turn.since = time.monotonic()
                if observe_next(application.database, application.outside) is None:
                    break
        except Exception as error:  # noqa: BLE001 - raised by the next tick, at the job boundary
            with self._lock:
                self._failures.append(error)
        finally:
            with self._lock:
                self._turns.remove(turn)
