"""Incident files: dated, placed events of a feed, as incidents or as problems with line numbers."""

from collections.abc import Mapping
from typing import Any

from monitor.domain.incident import Incident, exactness
from monitor.domain.problem import Problem
from monitor.packs.cells import count_in, day_in, number_in
from monitor.packs.csv_files import CsvFile

COLUMNS = (
    "external_id", "happened_on", "country", "kind", "admin1", "latitude", "longitude", "precision", "actor",
    "killed", "injured", "kidnapped", "description",
)  # fmt: skip
REQUIRED = ("external_id", "happened_on", "country", "kind")
_DEGREES = {"latitude": 90.0, "longitude": 180.0}
_COUNTRY_LENGTH = 3


def parse_incidents(text: str, *, file: str, source: str) -> tuple[list[Incident], list[Problem]]:
    """Return the incidents of a file's text, and everything wrong with it."""
    table = CsvFile(file=file, columns=COLUMNS, required=REQUIRED)
    incidents: list[Incident] = []
    seen: dict[str, int] = {}
    for line, cells in table.rows(text):
        incident = incident_of(table, line, cells, source)
        first = seen.setdefault(cells["external_id"], line)
        if first != line:
            table.fault(line, "external_id", f"the same as in line {first}")
        elif incident is not None:
            incidents.append(incident)
    return incidents, table.problems


def country_in(text: str) -> str | None:
    """Return a country's three letters, or None."""
    return text if len(text) == _COUNTRY_LENGTH and text.isupper() else None


def incident_of(table: CsvFile, line: int, cells: Mapping[str, str], source: str) -> Incident | None:
    """Return the incident of one line, or None after noting every fault of it."""
    before = len(table.problems)
    day = day_in(cells["happened_on"])
    if day is None:
        table.fault(line, "happened_on", f"{cells['happened_on']!r} is not a date", expected="YYYY-MM-DD")
    for column in ("external_id", "kind"):
        if not cells[column]:
            table.fault(line, column, "is empty")
    places: dict[str, Any] = {column: _degrees(table, line, column, cells[column]) for column in _DEGREES}
    is_placed = places["latitude"] is not None and exactness(cells["precision"]).is_point
    instead = "" if cells["country"] else ", or an exact or near point"
    if country_in(cells["country"]) is None and (cells["country"] or not is_placed):
        table.fault(
            line,
            "country",
            f"{cells['country']!r} is not a country",
            expected=f"three capital letters such as MLI{instead}",
        )
    if (places["latitude"] is None) is not (places["longitude"] is None):
        table.fault(line, "latitude", "latitude and longitude come together")
    counts: dict[str, Any] = {
        column: _count(table, line, column, cells[column]) for column in ("killed", "injured", "kidnapped")
    }
    if len(table.problems) > before or day is None:
        return None
    words: dict[str, Any] = {
        column: cells[column] for column in ("external_id", "country", "kind", "admin1", "precision", "actor")
    }
    return Incident(
        source=source, happened_on=day, description=cells["description"], **places, **counts, **words
    )


def _degrees(table: CsvFile, line: int, column: str, text: str) -> float | None:
    if not text:
        return None
    value = number_in(text)
    if value is None or abs(value) > _DEGREES[column]:
        table.fault(
            line,
            column,
            f"{text!r} is not a {column}",
            expected=f"-{_DEGREES[column]:g} to {_DEGREES[column]:g}",
        )
    return value


def _count(table: CsvFile, line: int, column: str, text: str) -> int:
    count = count_in(text or "0")
    if count is None:
        table.fault(line, column, f"{text!r} is not a count", expected="a whole number from 0")
    return count or 0
