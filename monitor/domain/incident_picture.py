"""Incidents as they are drawn: counts a period, dots at points, shades of regions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from monitor.domain.spoken import day
from monitor.domain.wording import say, tongue

_DAYS, _WEEKS, _MONTHS = 62, 430, 3700


class Grain(StrEnum):
    """How long a period of the strip is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A period, its first and last day included, and what happened in it."""

    first: date
    last: date
    incidents: int = 0
    killed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodStrip:
    """Counts by period, each period of the stretch once; the first and the last may be cut short."""

    grain: Grain
    bars: tuple[Bar, ...]

    def name_of(self, bar: Bar) -> str:
        """2024, Oct 2025, 6 Oct to 12 Oct 2025, 6 Oct 2025."""
        if bar.first == bar.last:
            return day(bar.first)
        if self.grain is Grain.YEAR:
            return str(bar.first.year)
        if self.grain is Grain.MONTH:
            return f"{tongue().months[bar.first.month - 1]} {bar.first.year}"
        return say("{low} to {high}", low=day(bar.first, near=bar.last), high=day(bar.last))


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A point in degrees, and what happened there."""

    latitude: float
    longitude: float
    incidents: int
    killed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentMap:
    """Countries to outline, dots, and by p-code how many incidents are known to the region alone."""

    countries: tuple[str, ...] = ()
    spots: tuple[Spot, ...] = ()
    in_region: Mapping[str, int] = field(default_factory=dict)


def period_strip(days: Sequence[tuple[date, int, int]], since: date, until: date) -> PeriodStrip:
    """Add up (day, incidents, killed) by period; periods are as long as the stretch asks for."""
    grain = _grain((until - since).days + 1)
    bars = []
    place = 0
    for first, last in _periods(grain, since, until):
        incidents = killed = 0
        while place < len(days) and days[place][0] <= last:
            incidents += days[place][1]
            killed += days[place][2]
            place += 1
        bars.append(Bar(first=first, last=last, incidents=incidents, killed=killed))
    return PeriodStrip(grain=grain, bars=tuple(bars))


def _grain(days: int) -> Grain:
    if days <= _DAYS:
        return Grain.DAY
    if days <= _WEEKS:
        return Grain.WEEK
    return Grain.MONTH if days <= _MONTHS else Grain.YEAR


def _periods(grain: Grain, since: date, until: date) -> Iterator[tuple[date, date]]:
    """Yield calendar periods, weeks from Monday, cut at both ends of the stretch."""
    first = since
    while first <= until:
        following = _following(grain, first)
        last = until if following is None or following > until else following - timedelta(days=1)
        yield first, last
        if following is None:
            return
        first = following


def _following(grain: Grain, first: date) -> date | None:
    """Return the day after a period; None at the end of the calendar."""
    try:
        if grain is Grain.YEAR:
            return date(first.year + 1, 1, 1)
        if grain is Grain.MONTH:
            return date(first.year + first.month // 12, first.month % 12 + 1, 1)
        return first + timedelta(days=1 if grain is Grain.DAY else 7 - first.weekday())
    except (ValueError, OverflowError):
        return None
