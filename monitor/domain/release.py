"""Releases: when a source is known to publish, and whether what it published has come."""

from dataclasses import dataclass
from datetime import datetime, timedelta

EARLY = timedelta(hours=1)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_HOURS_UP_TO = 2 * _DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A line of a release calendar. `cron` is read in `timezone`; late `grace_hours` after its moment."""

    cron: str
    timezone: str = "UTC"
    grace_hours: float = 24.0
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One release of a source at its moment (UTC)."""

    release: Release
    at: datetime

    @property
    def late_at(self) -> datetime:
        """When it is late, unless it has come."""
        return self.at + timedelta(hours=self.release.grace_hours)

    def has_come(self, last_new_at: datetime | None) -> bool:
        """Whether something new came since; what came up to an hour before its moment is it, early.

        None: the source did not do well yet, so that nothing can be missed.
        """
        return last_new_at is None or last_new_at >= self.at - EARLY

    def sentence(self, source: str, *, now: datetime) -> str:
        """Say that it has not come: ACLED: release of Tue 18 Nov 14:00 UTC has not come (2 h late)."""
        named = f"{self.release.name} of" if self.release.name else "release of"
        return f"{source}: {named} {self.at:%a %d %b %H:%M} UTC has not come ({_span(now - self.at)} late)"


def _span(span: timedelta) -> str:
    if span < _HOUR:
        return f"{span // timedelta(minutes=1)} min"
    return f"{span // _HOUR} h" if span < _HOURS_UP_TO else f"{span // _DAY} days"
