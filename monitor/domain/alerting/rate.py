"""The rate limit of a channel: what is too much in a minute waits, and nothing is dropped."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from monitor.domain.alerting.channel import Channel

WINDOW = timedelta(seconds=60)
# Attempts a minute where a channel does not say otherwise (alerting.md 3.2).
PER_MINUTE = 60
PER_MINUTE_OF: Mapping[str, int] = {"email": 20}
UNLIMITED = 0


def per_minute(channel: Channel) -> int:
    """Return how many attempts a minute a channel may be given; 0: any number."""
    if channel.per_minute is not None:
        return channel.per_minute
    return PER_MINUTE_OF.get(channel.kind, PER_MINUTE)


def in_window(starts: Sequence[datetime], *, now: datetime) -> list[datetime]:
    """Return the starts of attempts that still count; one of a later time is of a clock since set back."""
    return [start for start in starts if now - WINDOW < start <= now]


def room(starts: Sequence[datetime], limit: int, *, now: datetime) -> int | None:
    """Return how many attempts may begin now; None: any number."""
    if limit == UNLIMITED:
        return None
    return max(0, limit - len(in_window(starts, now=now)))
