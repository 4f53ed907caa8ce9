"""The circuit breaker of a channel: after many failures nothing is tried for a while, then one message."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# How long it stays open, the first time and each time the probe fails (alerting.md 3.2).
OPEN_FOR = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15))
IN_A_ROW, LAST, MOST_OF_LAST = 5, 20, 10
# A probe that nobody finished is forgotten with its lease.
PROBE = timedelta(seconds=30)
_WELL, _FAILED = "+", "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """How the last attempts of a channel fared; as it is made: closed, and nothing wrong.

    `recent` are the last 20 outcomes that matter, oldest first. While it is open, `opened_at` is since when,
    `opens` how often in a row, `open_until` when one message may be tried, `probe_until` until when it is.
    """

    failures: int = 0
    recent: str = ""
    opens: int = 0
    opened_at: datetime | None = None
    open_until: datetime | None = None
    probe_until: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether messages wait because the channel does not take them."""
        return self.open_until is not None


def room(breaker: Breaker, *, now: datetime) -> int | None:
    """Return how many messages may be tried now: None for any number, 1 for a probe, 0 while it is open."""
    if breaker.open_until is None:
        return None
    is_probed = breaker.probe_until is not None and breaker.probe_until > now
    return 0 if breaker.open_until > now or is_probed else 1


def probing(breaker: Breaker, *, now: datetime) -> Breaker:
    """Return the breaker with its one message under way; a closed one as it is."""
    return replace(breaker, probe_until=now + PROBE) if breaker.is_open else breaker


def after_success(breaker: Breaker) -> Breaker:
    """Return the breaker after a message was taken: whatever was open is closed."""
    if breaker.is_open:
        return Breaker()
    recent = (breaker.recent + _WELL)[-LAST:]
    return Breaker(recent=recent if _FAILED in recent else "")


def after_failure(breaker: Breaker, *, now: datetime) -> Breaker:
    """Return the breaker after the channel failed a message; a failed probe keeps it open for longer.

    What was under way when it opened, and fails later, says nothing new.
    """
    if breaker.is_open:
        return breaker if breaker.probe_until is None else _opened(breaker, now=now)
    failures, recent = breaker.failures + 1, (breaker.recent + _FAILED)[-LAST:]
    counted = Breaker(failures=failures, recent=recent)
    if failures >= IN_A_ROW or recent.count(_FAILED) > MOST_OF_LAST:
        return _opened(counted, now=now)
    return counted


def _opened(breaker: Breaker, *, now: datetime) -> Breaker:
    pause = OPEN_FOR[min(breaker.opens, len(OPEN_FOR) - 1)]
    return replace(
        breaker, opens=breaker.opens + 1, opened_at=breaker.opened_at or now, open_until=now + pause,
        probe_until=None,
    )  # fmt: skip
