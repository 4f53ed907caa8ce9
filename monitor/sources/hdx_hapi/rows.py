"""Rows of HAPI, from its API or its bulk CSV, taken into the series they belong to."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from monitor.domain.harvest import Rejected
from monitor.domain.observation import Reading
from monitor.sources.hdx_hapi.settings import WITHOUT_LEVELS, HapiSeries, HapiSettings
from monitor.sources.parsing.bodies import number, shown, text_of
from monitor.sources.parsing.months import midnight
from monitor.sources.parsing.row_values import day_of

_PERIOD = ("reference_period_start", "reference_period_end")
_OF_THEME: Mapping[str, tuple[str, ...]] = {
    "conflict-events": ("location_code", "admin_level", "event_type"),
    "food-prices": (
        "location_code", "admin_level", "market_name", "commodity_name", "commodity_code", "unit",
        "price_type", "currency_code",
    ),
    "idps": ("location_code", "admin_level"),
    "refugees": ("origin_location_code", "population_group", "gender", "age_range"),
    "national-risk": ("location_code",),
}  # fmt: skip
# Of two that stand for the same place, one is counted twice: which columns tell places apart.
_PLACE: Mapping[str, tuple[str, ...]] = {
    "conflict-events": (
        "admin1_code", "admin2_code", "provider_admin1_name", "provider_admin2_name",
    ),
    "food-prices": ("market_name",),
    "idps": ("admin1_code", "admin2_code", "provider_admin1_name", "provider_admin2_name"),
    "refugees": ("asylum_location_code",),
    "national-risk": (),
}  # fmt: skip
_MOST = 1e12


def needed(theme: str, column: str) -> tuple[str, ...]:
    """Return the columns without which rows of a theme have another layout."""
    return (*_OF_THEME[theme], column, *_PERIOD)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class _Cell:
    """One period of one series."""

    series: str
    first: date
    last: date


@dataclass(slots=True)
class Taken:
    """What the rows of a run came to; `doubtful` periods lack a row that could not be read."""

    parts: dict[_Cell, dict[tuple[str, ...], float]] = field(default_factory=dict)
    least: dict[str, int] = field(default_factory=dict)
    doubtful: set[_Cell] = field(default_factory=set)
    rejected: list[Rejected] = field(default_factory=list)
    is_unclear: bool = False

    def take(
        self, rows: Sequence[tuple[str, Mapping[str, Any]]], given: HapiSettings, chosen: HapiSeries
    ) -> None:
        """Take what of (place in the answer, row) belongs to a series."""
        for where, row in rows:
            if not _is_meant(row, given, chosen):
                continue
            if fault := text_of(row, "error"):
                self._reject(where, row, f"HAPI marks it with an error: {shown(fault)}")
                continue
            cell = None
            try:
                cell = _cell(row, chosen)
                self._add(cell, row, chosen)
            except ValueError as error:
                self._reject(where, row, str(error))
                if cell is None:
                    self.is_unclear = True
                else:
                    self.doubtful.add(cell)

    def readings(self, given: HapiSettings, *, now: datetime) -> Iterator[Reading]:
        """Yield the readings of the periods that are over and known as a whole."""
        for cell, parts in sorted(self.parts.items()):
            end = midnight(cell.last + timedelta(days=1))
            if cell in self.doubtful or self.is_unclear or end > now:
                continue
            least = self.least.get(cell.series)
            if least is not None and len(parts) < least:
                continue
            value = sum(parts.values()) if least is None else statistics.median(parts.values())
            yield Reading(
                series=cell.series, period_start=midnight(cell.first), period_end=end, value=float(value),
                known_at=now, citation=given.citation, grade=given.grade,
            )  # fmt: skip

    def _add(self, cell: _Cell, row: Mapping[str, Any], chosen: HapiSeries) -> None:
        try:
            value = number(row.get(chosen.column))
        except ValueError:
            value = -1.0
        if value is None:
            raise ValueError(f"{chosen.column} is missing")
        if not 0 <= value <= _MOST:
            raise ValueError(f"{chosen.column} {shown(row.get(chosen.column))} is no number from 0 on")
        if chosen.theme == "food-prices":
            self.least[cell.series] = chosen.least_markets or len(chosen.markets)
            for name, expected in (("unit", chosen.unit), ("currency_code", chosen.currency)):
                if text_of(row, name) != expected:
                    raise ValueError(f"{name} is {shown(text_of(row, name))}, where {expected!r} is expected")
        place = tuple(text_of(row, name) for name in _PLACE[chosen.theme])
        parts = self.parts.setdefault(cell, {})
        if place in parts:
            raise ValueError(
                f"a second row for {' '.join(filter(None, place)) or 'the country'} and its period"
            )
        parts[place] = value

    def _reject(self, where: str, row: Mapping[str, Any], reason: str) -> None:
        text = ", ".join(f"{name}={text_of(row, name)[:40]}" for name in (*_PERIOD, "admin1_code"))
        self.rejected.append(Rejected(where=where, text=text, reason=reason))


def _is_meant(row: Mapping[str, Any], given: HapiSettings, chosen: HapiSeries) -> bool:
    country = text_of(row, "origin_location_code" if chosen.theme == "refugees" else "location_code")
    is_here = country in given.locations
    if chosen.theme not in WITHOUT_LEVELS:
        is_here = is_here and text_of(row, "admin_level") == str(chosen.admin_level)
    if chosen.theme == "conflict-events":
        return is_here and text_of(row, "event_type") == chosen.event_type
    if chosen.theme == "food-prices":
        is_good = chosen.commodity in {text_of(row, "commodity_name"), text_of(row, "commodity_code")}
        is_panel = text_of(row, "market_name") in chosen.markets
        return is_here and is_good and is_panel and text_of(row, "price_type") == chosen.price_type
    if chosen.theme == "idps":
        return is_here and all(
            not wanted or text_of(row, name) == wanted
            for name, wanted in (("operation", chosen.operation), ("assessment_type", chosen.assessment_type))
        )
    if chosen.theme == "refugees":
        is_total = text_of(row, "gender") == text_of(row, "age_range") == "all"
        return is_here and is_total and text_of(row, "population_group") == chosen.population_group
    return is_here


def _cell(row: Mapping[str, Any], chosen: HapiSeries) -> _Cell:
    first, last = (day_of(row, name) for name in _PERIOD)
    if last < first or last.year > first.year + 10:
        raise ValueError(f"reference_period_end {last} does not fit its start {first}")
    name = chosen.series
    country = text_of(row, "origin_location_code" if chosen.theme == "refugees" else "location_code")
    name = name.replace("{country}", country)
    if "{admin1}" in name:
        code = text_of(row, "admin1_code")
        if not code.isalnum() or not code.isascii():
            raise ValueError(f"admin1_code {shown(code)} is no p-code")
        name = name.replace("{admin1}", code)
    return _Cell(series=name, first=first, last=last)
