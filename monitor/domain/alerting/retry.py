"""Retries: when a failed delivery is tried again, and when it is given up (alerting.md 3.2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np

from monitor.domain.errors import DeliveryError

# Seconds before the 1st, 2nd ... 14th attempt.
DELAYS = (0, 5, 30, 120, 300, 600, 1800, 3600, 7200, 14400, 28800, 43200, 86400, 86400)
LIFETIME = timedelta(hours=75.8)
JITTER = 0.2
AFTER_TIMEOUT_SECONDS = 60.0
LONGEST_REQUESTED_SECONDS = 900.0
_GONE = 410
_BUSY = frozenset({408, 425, 429})
_ACCEPTED, _MOVED, _CLIENT_ERRORS, _SERVER_ERRORS = (
    range(first, first + 100) for first in (200, 300, 400, 500)
)


class Trouble(StrEnum):
    """What admins are told about a channel at once, whatever happens to the delivery."""

    NONE = ""
    MOVED = "moved"
    MISCONFIGURED = "misconfigured"
    GONE = "gone"
    GONE_LAST = "gone, and the last way for critical alerts"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryDecision:
    """What follows a failed attempt: a next one at `due_at`, or death (`due_at` None), with the reason."""

    due_at: datetime | None
    reason: str
    trouble: Trouble = Trouble.NONE

    @property
    def is_dead(self) -> bool:
        """Whether there is no further attempt."""
        return self.due_at is None

    @property
    def disables_channel(self) -> bool:
        """Whether the receiver said that it is gone for good, and others are left."""
        return self.trouble is Trouble.GONE


def next_attempt(
    attempt_count: int,
    error: DeliveryError,
    *,
    expires_at: datetime,
    now: datetime,
    generator: np.random.Generator,
    is_last_way: bool = False,
) -> RetryDecision:
    """Decide after attempt number `attempt_count` failed at `now`.

    `expires_at`, 75.8 hours after forming, is the hard limit: a delay that would pass it ends there, and a
    failure at or after it is final. An early end by jitter gets the time that is left. `is_last_way`: without
    this channel critical alerts reach nobody, so that it is tried again whatever its receiver says.
    """
    is_kept = error.is_gone and is_last_way
    trouble = Trouble.GONE_LAST if is_kept else Trouble(error.trouble)
    if error.permanent or (error.is_gone and not is_kept):
        return RetryDecision(due_at=None, reason=str(error), trouble=trouble)
    if now >= expires_at:
        reason = f"given up after {attempt_count} attempts in 75.8 hours: {error}"
        return RetryDecision(due_at=None, reason=reason, trouble=trouble)
    seconds = delay_seconds(attempt_count, error, generator=generator)
    due_at = min(now + timedelta(seconds=seconds), expires_at)
    return RetryDecision(due_at=due_at, reason=str(error), trouble=trouble)


def delay_seconds(attempt_count: int, error: DeliveryError, *, generator: np.random.Generator) -> float:
    """Return how long to wait after attempt number `attempt_count`, with jitter or as the receiver asks."""
    base = float(DELAYS[min(attempt_count, len(DELAYS) - 1)])
    if error.retry_after_seconds is not None:
        longest = max(2 * base, LONGEST_REQUESTED_SECONDS)
        return min(max(error.retry_after_seconds, base), longest)
    seconds = base * float(generator.uniform(1 - JITTER, 1 + JITTER))
    return max(seconds, AFTER_TIMEOUT_SECONDS) if error.is_timeout else seconds


def http_failure(status: int, *, retry_after_seconds: float | None = None) -> DeliveryError | None:
    """Return what an HTTP status means for a delivery; None for 2xx."""
    if status in _ACCEPTED:
        return None
    is_busy = status in _BUSY or status in _SERVER_ERRORS
    return DeliveryError(
        f"the receiver answered {status}",
        status_code=status,
        retry_after_seconds=retry_after_seconds if is_busy else None,
        is_gone=status == _GONE,
        trouble=_trouble(status),
    )


def _trouble(status: int) -> Trouble:
    if status == _GONE:
        return Trouble.GONE
    if status in _MOVED:
        return Trouble.MOVED
    is_ours = status in _CLIENT_ERRORS and status not in _BUSY
    return Trouble.MISCONFIGURED if is_ours else Trouble.NONE
