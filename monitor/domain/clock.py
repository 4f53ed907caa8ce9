"""A subject's clock: wall time, a moment that stands, or history running at speed."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

DAY_SECONDS = 86_400


def require_utc(value: datetime, *, field: str) -> datetime:
    """Return the moment in UTC; a naive time is refused."""
    if value.tzinfo is None:
        message = f"{field} has no time zone"
        raise ValueError(message)
    return value.astimezone(UTC)


def epoch(value: datetime) -> int:
    """Whole seconds since 1970, rounded up, so that nothing counts as known before it was."""
    return math.ceil(require_utc(value, field="time").timestamp())


def moment(seconds: float) -> datetime:
    """Return the aware UTC moment of an epoch second."""
    return datetime.fromtimestamp(float(seconds), tz=UTC)


class ClockMode(StrEnum):
    """How a subject's time passes."""

    LIVE = "live"
    STANDING = "standing"
    RUNNING = "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Where "now" is for one subject (heat.md 6).

    `standing`: always `stands_at`. `running`: `runs_from` at the wall time `started_at`, then `speed`
    subject seconds a wall second, up to `runs_until`. `live`: wall time.
    """

    mode: ClockMode = ClockMode.LIVE
    stands_at: datetime | None = None
    runs_from: datetime | None = None
    runs_until: datetime | None = None
    started_at: datetime | None = None
    speed: float = 1.0

    def __post_init__(self) -> None:
        """Refuse a clock that cannot tell the time."""
        if self.mode is ClockMode.STANDING and self.stands_at is None:
            message = "a standing clock needs the moment it stands at"
            raise ValueError(message)
        if self.mode is ClockMode.RUNNING and (self.runs_from is None or self.started_at is None):
            message = "a running clock needs runs_from and started_at"
            raise ValueError(message)
        if self.speed <= 0:
            message = "a clock's speed must be above 0"
            raise ValueError(message)

    def at(self, wall: datetime) -> datetime:
        """Return the subject's time at a wall time."""
        if self.mode is ClockMode.STANDING and self.stands_at is not None:
            return self.stands_at
        if self.mode is ClockMode.RUNNING and self.runs_from is not None and self.started_at is not None:
            seconds = max(0.0, (wall - self.started_at).total_seconds()) * self.speed
            if self.runs_until is not None and seconds >= (self.runs_until - self.runs_from).total_seconds():
                return self.runs_until
            return self.runs_from + timedelta(seconds=seconds)
        return wall


LIVE = Clock()
