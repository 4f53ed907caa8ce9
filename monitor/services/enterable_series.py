"""List the series a person may enter values for."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from monitor.domain.indicator import Indicator
from monitor.domain.series import SeriesKey
from monitor.storage import definitions, series


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterableSeries:
    """A series and how a form names it."""

    key: str
    label: str


def enterable_series(session: Session) -> list[EnterableSeries]:
    """Return all series outside exercises, by name."""
    indicators = {indicator.slug: indicator for indicator in definitions.find_all(session, Indicator)}
    keys = [key for key in series.find_all(session) if "@" not in key.unit]
    rows = [_named(key, indicators[key.indicator]) for key in keys if key.indicator in indicators]
    return sorted(rows, key=lambda row: row.label)


def _named(key: SeriesKey, indicator: Indicator) -> EnterableSeries:
    return EnterableSeries(key=str(key), label=f"{indicator.name}, {key.unit} ({indicator.unit})")
