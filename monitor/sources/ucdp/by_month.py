"""Months of UCDP GED: deaths, events and active dyads of each, summary events spread over their days."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from monitor.domain.observation import Reading
from monitor.sources.parsing.months import midnight, months_between, next_month, shares
from monitor.sources.ucdp.event import GedEvent

Measure = Literal["deaths", "civilian_deaths", "events", "dyads"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What is counted for one series; an empty choice takes all."""

    series: str
    measure: Measure
    countries: frozenset[str]
    types: frozenset[int] = frozenset()
    admin1: frozenset[str] = frozenset()
    sides: frozenset[str] = frozenset()

    def takes(self, event: GedEvent) -> bool:
        """Whether an event counts; `sides` are compared with side A."""
        return (
            event.country in self.countries
            and (not self.types or event.type in self.types)
            and (not self.admin1 or event.admin1 in self.admin1)
            and (not self.sides or event.side_a in self.sides)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Months to give values for: from one day to another, without those in which a row could not be read."""

    first: date
    last: date
    doubtful: frozenset[tuple[str, date]] = frozenset()

    def months(self, tally: Tally) -> Iterator[date]:
        """Yield the months of a tally that are known as a whole."""
        for month in months_between(self.first, self.last):
            is_whole = month >= self.first and (next_month(month) - self.last).days <= 1
            if is_whole and not any((country, month) in self.doubtful for country in tally.countries):
                yield month


def readings_of(
    events: Sequence[GedEvent],
    tallies: Iterable[Tally],
    stretch: Stretch,
    *,
    known_at: datetime,
    citation: str,
    grade: str,
) -> Iterator[Reading]:
    """Yield a reading for each month of each tally; a month of the stretch without events has 0."""
    for tally in tallies:
        months = _by_month([event for event in events if tally.takes(event)])
        for month in stretch.months(tally):
            value, low, high = _MEASURES[tally.measure](months.get(month, ()))
            yield Reading(
                series=tally.series, period_start=midnight(month), period_end=midnight(next_month(month)),
                value=value, low=low, high=high, known_at=known_at, citation=citation, grade=grade,
            )  # fmt: skip


_Part = tuple[GedEvent, float]
_Figures = tuple[float, float | None, float | None]


def _by_month(events: Iterable[GedEvent]) -> Mapping[date, Sequence[_Part]]:
    found: dict[date, list[_Part]] = {}
    for event in events:
        for month, share in shares(*event.span):
            found.setdefault(month, []).append((event, share))
    return found


def _deaths(parts: Sequence[_Part]) -> _Figures:
    best, low, high = (
        math.fsum(getattr(event, name) * share for event, share in parts) for name in ("best", "low", "high")
    )
    return best, min(low, best), max(high, best)


def _civilian_deaths(parts: Sequence[_Part]) -> _Figures:
    return math.fsum(event.civilians * share for event, share in parts), None, None


def _events(parts: Sequence[_Part]) -> _Figures:
    return math.fsum(share for _, share in parts), None, None


def _dyads(parts: Sequence[_Part]) -> _Figures:
    return float(len({event.dyad for event, _ in parts})), None, None


_MEASURES: Mapping[Measure, Callable[[Sequence[_Part]], _Figures]] = {
    "deaths": _deaths, "civilian_deaths": _civilian_deaths, "events": _events, "dyads": _dyads,
}  # fmt: skip
