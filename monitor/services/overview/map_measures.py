"""What a map can show: incidents, and every indicator with a series for a region or a country of it."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from monitor.domain.indicator import Indicator
from monitor.domain.map_picture import pressure_of
from monitor.domain.wording import msgid
from monitor.geo.countries import country_of
from monitor.geo.outlines import all_outlines
from monitor.services.overview.map_asked import INCIDENTS, KILLED
from monitor.storage import series
from monitor.storage.snapshot import Definitions

_SHUT_IN = "blockade"
_Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One thing to show. `series` and `marks` are pairs of a region's or country's code and a series' key.

    `marks` count people shut in. `has_pressure`: greys follow its thresholds; without, they say nothing.
    """

    key: str
    name: str
    unit: str = ""
    is_by_country: bool = False
    has_pressure: bool = True
    series: _Pairs = ()
    marks: _Pairs = ()

    @property
    def is_incidents(self) -> bool:
        """Whether incidents are counted, and no series read."""
        return self.key in {INCIDENTS, KILLED}


_COUNTED = (
    Measure(key=INCIDENTS, name=msgid("Incidents")),
    Measure(key=KILLED, name=msgid("People killed in incidents")),
)


def measures(session: Session, known: Definitions, countries: Collection[str]) -> tuple[Measure, ...]:
    """Return what can be shown of some countries: incidents, then indicators by region, then by country.

    One with a value of a single country is no map.
    """
    regions: dict[str, dict[str, str]] = {}
    whole: dict[str, dict[str, str]] = {}
    drawn = all_outlines()
    for key in series.find_all(session):
        if key.indicator not in known.indicators:
            continue
        if key.unit in drawn and drawn[key.unit].country in countries:
            regions.setdefault(key.indicator, {})[key.unit] = str(key)
        elif (code := country_of(key.unit)) in countries:
            whole.setdefault(key.indicator, {})[code] = str(key)
    marks = tuple(
        pair for slug, found in sorted(regions.items()) if _is_mark(known.indicators[slug])
        for pair in sorted(found.items())
    )  # fmt: skip
    by_region = [_measure(known.indicators[slug], found, marks) for slug, found in regions.items()]
    by_country = [
        _measure(known.indicators[slug], found, (), is_by_country=True)
        for slug, found in whole.items()
        if slug not in regions and len(found) > 1
    ]
    named = [sorted(found, key=lambda each: each.name) for found in (by_region, by_country)]
    return (*_COUNTED, *named[0], *named[1])


def _measure(
    indicator: Indicator,
    found: dict[str, str],
    marks: _Pairs,
    *,
    is_by_country: bool = False,
) -> Measure:
    return Measure(
        key=indicator.slug, name=indicator.name, unit="" if indicator.words else indicator.unit,
        is_by_country=is_by_country, has_pressure=pressure_of(indicator, 0.0) is not None,
        series=tuple(sorted(found.items())), marks=marks,
    )  # fmt: skip


def _is_mark(indicator: Indicator) -> bool:
    return _SHUT_IN in indicator.tags and not indicator.words
