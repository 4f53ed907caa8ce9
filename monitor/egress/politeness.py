"""Politeness: how often and how many at once one host is asked, by all threads of a process together."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from monitor.domain.harvest import Pace

LONGEST_REST_SECONDS = 3600.0


class TooBusy(Exception):
    """The host's turn comes later than one is ready to wait for."""

    def __init__(self, seconds: float) -> None:
        """Keep after how many seconds to come again."""
        super().__init__(f"come again in {seconds:.1f} s")
        self.seconds = seconds


@dataclass(slots=True)
class _Host:
    running: int = 0
    last_at: float = float("-inf")
    last_pause: float = 0.0
    rests_until: float = float("-inf")
    promised_at: float = float("-inf")


class Hosts:
    """Gives out turns at hosts."""

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Start with no host known."""
        self._clock, self._sleep = clock, sleep
        self._hosts: dict[str, _Host] = {}
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, host: str, pace: Pace, *, most_seconds: float) -> Iterator[None]:
        """Wait for a turn at a host and hold it; TooBusy if it would come later than `most_seconds`."""
        begins_at = self._reserve(host, pace, most_seconds=most_seconds)
        try:
            if (wait := begins_at - self._clock()) > 0:
                self._sleep(wait)
            yield
        finally:
            with self._changed:
                self._hosts[host].running -= 1
                self._changed.notify_all()

    def rest(self, host: str, seconds: float) -> None:
        """Leave a host in peace for a while: it asked for it."""
        with self._changed:
            known = self._hosts.setdefault(host, _Host())
            known.rests_until = max(known.rests_until, self._clock() + min(seconds, LONGEST_REST_SECONDS))

    def _reserve(self, host: str, pace: Pace, *, most_seconds: float) -> float:
        with self._changed:
            known = self._hosts.setdefault(host, _Host())
            waiting_since = self._clock()
            if not self._changed.wait_for(lambda: known.running < pace.at_once, timeout=most_seconds):
                raise TooBusy(self._promise(known, pace, self._clock()))
            now = self._clock()
            pause = max(pace.pause_seconds, known.last_pause)
            begins_at = max(now, known.last_at + pause, known.rests_until)
            if begins_at - waiting_since > most_seconds:
                raise TooBusy(self._promise(known, pace, begins_at))
            known.running += 1
            known.last_at, known.last_pause = begins_at, pace.pause_seconds
            return begins_at

    def _promise(self, known: _Host, pace: Pace, at: float) -> float:
        """After how many seconds to come again: each that is sent away a pause later than the one before."""
        known.promised_at = max(at, known.promised_at) + max(pace.pause_seconds, 0.1)
        return known.promised_at - self._clock()
