"""From a count to the incidents behind it: the filters under which the list is what was counted."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from monitor.domain.derivations.incident_count import IncidentCount, UnitIs
from monitor.domain.incident import Coding, Incident
from monitor.domain.incident_filter import Wanted
from monitor.domain.indicator import Indicator
from monitor.domain.series import SeriesKey
from monitor.storage.snapshot import Definitions


def wanted_by(indicator: Indicator, key: str) -> Wanted | None:
    """Return which incidents a series counts; None where it counts none, or none can be asked for so."""
    spec, unit = indicator.derived, SeriesKey.parse(key).unit
    if not isinstance(spec, IncidentCount) or "@" in unit:
        return None
    countries = _chosen(spec.countries, unit if spec.unit_is is UnitIs.COUNTRY else "")
    regions = _chosen(spec.admin1, unit if spec.unit_is is UnitIs.ADMIN1 else "")
    if countries is None or regions is None:
        return None
    return Wanted(
        countries=countries, regions=regions, sources=(spec.source,), kinds=spec.types, actors=spec.actors
    )


def address_of(
    wanted: Wanted, start: datetime | None = None, end: datetime | None = None
) -> dict[str, object]:
    """Return filters as the list's address takes them; `end` is the moment after the last day."""
    found: dict[str, object] = {
        name: list(values)
        for name, values in (
            ("country", wanted.countries), ("region", wanted.regions), ("source", wanted.sources),
            ("kind", wanted.kinds), ("actor", wanted.actors),
        )
        if values
    }  # fmt: skip
    if start is None or end is None:
        return found | {"span": "all"}
    return found | {"since": f"{start:%Y-%m-%d}", "until": f"{end - timedelta(seconds=1):%Y-%m-%d}"}


def counting(known: Definitions, incident: Incident, coding: Coding) -> Iterator[tuple[Indicator, str]]:
    """Yield the indicators that count an incident, each with a placed series."""
    keys = sorted({placement.series for placement in known.placements.values()})
    for key in keys:
        indicator = known.indicators.get(key.partition(":")[0])
        wanted = None if indicator is None else wanted_by(indicator, key)
        if indicator is not None and wanted is not None and _is_counted(wanted, incident, coding):
            yield indicator, key


def _is_counted(wanted: Wanted, incident: Incident, coding: Coding) -> bool:
    pairs: tuple[tuple[Sequence[str], set[str]], ...] = (
        (wanted.countries, {incident.country, coding.country}),
        (wanted.regions, {incident.admin1, coding.admin1}),
        (wanted.sources, {incident.source}),
        (wanted.kinds, {incident.kind}),
        (wanted.actors, {incident.actor}),
    )
    return all(not chosen or there & set(chosen) for chosen, there in pairs)


def _chosen(listed: tuple[str, ...], unit: str) -> tuple[str, ...] | None:
    """Join what an indicator lists with what its unit stands for; None if they are two conditions at once."""
    if not unit:
        return listed
    return (unit,) if not listed or unit in listed else None
