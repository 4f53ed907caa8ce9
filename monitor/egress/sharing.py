"""Sharing: sources that are due together and need the same resource ask for it once."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer

_KEPT_SECONDS = 30.0
_MOST_BYTES = 32 * 1024 * 1024


@dataclass(slots=True)
class _Flight:
    """One request under way or just answered, and the sources that were given its answer."""

    sources: set[str]
    done: threading.Event = field(default_factory=threading.Event)
    answer: Answer | None = None
    error: SourceError | None = None
    ended_at: float = float("inf")


class SharedAnswers:
    """Lets one request answer several sources; a source that asks again later asks anew."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with no answer."""
        self._clock = clock
        self._flights: dict[str, _Flight] = {}
        self._lock = threading.Lock()

    def get(self, key: str, source: str, ask: Callable[[], Answer]) -> Answer:
        """Return the answer to `key` that another source is getting or just got, else what `ask` gets."""
        flight, is_ours = self._join(key, source)
        if is_ours:
            return self._fly(key, flight, ask)
        flight.done.wait()
        if flight.answer is not None:
            return flight.answer
        if flight.error is not None:
            error = flight.error
            raise SourceError(
                str(error), permanent=error.permanent, retry_after_seconds=error.retry_after_seconds
            )
        return ask()

    def _join(self, key: str, source: str) -> tuple[_Flight, bool]:
        with self._lock:
            self._trim()
            flight = self._flights.get(key)
            if flight is not None and source not in flight.sources:
                flight.sources.add(source)
                return flight, False
            flight = self._flights[key] = _Flight(sources={source})
            return flight, True

    def _fly(self, key: str, flight: _Flight, ask: Callable[[], Answer]) -> Answer:
        try:
            flight.answer = ask()
        except SourceError as error:
            flight.error = error
            raise
        finally:
            with self._lock:
                flight.ended_at = self._clock()
                # A failure is told to those who wait for it, and to nobody who comes later.
                if flight.answer is None and self._flights.get(key) is flight:
                    del self._flights[key]
            flight.done.set()
        return flight.answer

    def _trim(self) -> None:
        """Forget what is old, then the oldest until the rest is small enough."""
        now = self._clock()
        kept = sorted((flight.ended_at, key) for key, flight in self._flights.items() if flight.done.is_set())
        sizes = {key: _size(self._flights[key]) for _, key in kept}
        held = sum(sizes.values())
        for ended_at, key in kept:
            if now - ended_at > _KEPT_SECONDS or held > _MOST_BYTES:
                del self._flights[key]
                held -= sizes[key]


def _size(flight: _Flight) -> int:
    return len(flight.answer.content) if flight.answer is not None else 0
