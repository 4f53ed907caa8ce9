"""A row of UCDP GED, from the API or the file: an event with its days, place, sides and deaths."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from monitor.domain.incident import Incident
from monitor.sources.parsing.bodies import text_of
from monitor.sources.parsing.row_values import count_of, day_of, point_of
from monitor.sources.ucdp.gleditsch_ward import ISO3

NEEDED = (
    "id", "type_of_violence", "side_a", "side_b", "dyad_new_id", "where_prec", "adm_1", "latitude",
    "longitude", "country_id", "date_prec", "date_start", "date_end", "deaths_civilians", "best", "high",
    "low",
)  # fmt: skip
"""Columns without which the layout is another one."""
TYPES = {1: "state-based", 2: "non-state", 3: "one-sided"}
PRECISIONS = {
    1: "exact", 2: "within 25 km", 3: "district", 4: "region", 5: "linear or wide area", 6: "country",
    7: "sea or air",
}  # fmt: skip
_ONE_SIDED = 3
_IS_A_REGION = 4
_IS_A_SUMMARY = 5
_MONTH_DAYS = 31
_MOST_DEATHS = 10_000_000
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class GedEvent:
    """One event; `first` and `last` are its days, both included, and deaths are numbers of people."""

    id: str
    type: int
    country: str
    admin1: str
    first: date
    last: date
    date_precision: int
    where_precision: int
    side_a: str
    side_b: str
    dyad: str
    best: int
    low: int
    high: int
    civilians: int
    latitude: float | None = None
    longitude: float | None = None
    place: str = ""
    status: str = ""

    @property
    def is_summary(self) -> bool:
        """Whether it sums up more than a month, so that its deaths belong to all of its days."""
        return self.date_precision >= _IS_A_SUMMARY or (self.last - self.first).days >= _MONTH_DAYS

    @property
    def span(self) -> tuple[date, date]:
        """The days its deaths lie on: all of them for a summary, else the first."""
        return (self.first, self.last) if self.is_summary else (self.first, self.first)


def absent(row: Mapping[str, Any]) -> list[str]:
    """Return which needed columns a row does not have."""
    return [name for name in NEEDED if name not in row]


def event_of(row: Mapping[str, Any]) -> GedEvent:
    """Return a row's event; ValueError names the column that cannot be used, and what is expected."""
    first, last = day_of(row, "date_start"), day_of(row, "date_end")
    if last < first or last.year != first.year:
        raise ValueError(f"date_end {last} does not end the year's event that starts {first}")
    where = _count(row, "where_prec", most=7)
    latitude, longitude = (None, None) if where >= _IS_A_REGION else point_of(row)
    best, low, high = (_count(row, name) for name in ("best", "low", "high"))
    return GedEvent(
        id=str(_count(row, "id", most=2**53)),
        type=_one_of(row, "type_of_violence", TYPES),
        country=country_of(row),
        admin1=text_of(row, "adm_1")[:_LONGEST],
        first=first, last=last,
        date_precision=_count(row, "date_prec", most=9),
        where_precision=where,
        side_a=text_of(row, "side_a")[:_LONGEST], side_b=text_of(row, "side_b")[:_LONGEST],
        dyad=text_of(row, "dyad_new_id"),
        # UCDP publishes a few events whose low lies above best; the bounds must hold the estimate.
        best=best, low=min(low, best), high=max(high, best),
        civilians=_count(row, "deaths_civilians"),
        latitude=latitude, longitude=longitude,
        place=text_of(row, "where_coordinates")[:_LONGEST],
        status=text_of(row, "code_status")[:_LONGEST],
    )  # fmt: skip


def country_of(row: Mapping[str, Any]) -> str:
    """Return the ISO alpha-3 code of a row's Gleditsch-Ward number; ValueError if it is unknown."""
    return ISO3[_one_of(row, "country_id", ISO3)]


def incident_of(event: GedEvent, source: str) -> Incident:
    """Return the event as an incident; one placed no closer than a region has no point."""
    return Incident(
        source=source, external_id=event.id, happened_on=event.first, country=event.country,
        kind=TYPES[event.type], admin1=event.admin1, latitude=event.latitude, longitude=event.longitude,
        precision=PRECISIONS.get(event.where_precision, ""),
        actor=event.side_a if event.type == _ONE_SIDED else f"{event.side_a} - {event.side_b}",
        killed=event.best, description=_description(event),
    )  # fmt: skip


def _description(event: GedEvent) -> str:
    days = f"{event.first} to {event.last}" if event.last != event.first else str(event.first)
    deaths = f"{event.best} killed (low {event.low}, high {event.high}), {event.civilians} of them civilians"
    place = f" at {event.place}" if event.place else ""
    status = "" if event.status in {"", "Clear"} else f" Status: {event.status}."
    return f"{event.side_a} - {event.side_b}{place}, {days}: {deaths}.{status}"


def _count(row: Mapping[str, Any], name: str, *, most: int = _MOST_DEATHS) -> int:
    return count_of(row, name, most=most)


def _one_of(row: Mapping[str, Any], name: str, known: Mapping[int, str]) -> int:
    value = _count(row, name)
    if value not in known:
        raise ValueError(f"{name} {value} is not among those known")
    return value
