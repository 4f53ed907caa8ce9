"""A row of ACLED: an event with its day, place, actors and fatalities."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from monitor.domain.incident import Incident
from monitor.domain.iso3166 import ALPHA3
from monitor.sources.parsing.bodies import text_of
from monitor.sources.parsing.row_values import count_of, day_of, point_of, word_of

NEEDED = (
    "event_id_cnty", "event_date", "event_type", "sub_event_type", "actor1", "actor2", "iso", "admin1",
    "latitude", "longitude", "geo_precision", "fatalities",
)  # fmt: skip
PRECISIONS = {1: "exact", 2: "near", 3: "region"}
_IS_A_REGION = 3
_MOST_DEATHS = 1_000_000
_LONGEST, _LONGEST_NOTES = 200, 500
# Before this there is none in ACLED; a later one is a fault of the row.
_FIRST_YEAR = 1990


@dataclass(frozen=True, slots=True, kw_only=True)
class AcledEvent:
    """One event; `inter` are the kinds of its two sides."""

    id: str
    day: date
    type: str
    country: str
    admin1: str
    actors: tuple[str, str]
    inter: tuple[str, str]
    is_civilian_targeting: bool
    fatalities: int
    precision: int
    latitude: float | None
    longitude: float | None
    description: str


def absent(row: Mapping[str, Any]) -> list[str]:
    """Return which needed columns a row does not have."""
    return [name for name in NEEDED if name not in row]


def event_of(row: Mapping[str, Any]) -> AcledEvent:
    """Return a row's event; ValueError names the column that cannot be used, and what is expected."""
    precision = count_of(row, "geo_precision", most=9)
    latitude, longitude = (None, None) if precision >= _IS_A_REGION else point_of(row)
    iso = count_of(row, "iso", most=999)
    if iso not in ALPHA3:
        raise ValueError(f"iso {iso} is no country of ISO 3166")
    return AcledEvent(
        id=word_of(row, "event_id_cnty"),
        day=_day(row),
        type=word_of(row, "event_type"),
        country=ALPHA3[iso],
        admin1=text_of(row, "admin1")[:_LONGEST],
        actors=(text_of(row, "actor1")[:_LONGEST], text_of(row, "actor2")[:_LONGEST]),
        inter=(text_of(row, "inter1"), text_of(row, "inter2")),
        is_civilian_targeting=bool(text_of(row, "civilian_targeting")),
        fatalities=count_of(row, "fatalities", most=_MOST_DEATHS),
        precision=precision,
        latitude=latitude,
        longitude=longitude,
        description=_description(row),
    )


def incident_of(event: AcledEvent, source: str) -> Incident:
    """Return the event as an incident; one placed no closer than a region has no point."""
    return Incident(
        source=source, external_id=event.id, happened_on=event.day, country=event.country, kind=event.type,
        admin1=event.admin1, latitude=event.latitude, longitude=event.longitude,
        precision=PRECISIONS.get(event.precision, ""), actor=event.actors[0], killed=event.fatalities,
        description=event.description,
    )  # fmt: skip


def _description(row: Mapping[str, Any]) -> str:
    sides = " - ".join(filter(None, (text_of(row, "actor1"), text_of(row, "actor2"))))
    place = text_of(row, "location")
    head = f"{text_of(row, 'sub_event_type')}: {sides}" + (f" at {place}" if place else "")
    return f"{head[:_LONGEST]}. {text_of(row, 'notes')[:_LONGEST_NOTES]}".strip()


def _day(row: Mapping[str, Any]) -> date:
    found = day_of(row, "event_date")
    if found.year < _FIRST_YEAR:
        raise ValueError(f"event_date {found} is before ACLED began")
    return found
