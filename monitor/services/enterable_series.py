"""List the series a person may enter values for."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.indicator import Indicator
from monitor.domain.observation import Observation
from monitor.domain.series import SeriesKey
from monitor.domain.spoken import day
from monitor.packs.dates import Span, WrittenDate, period_of
from monitor.storage import definitions, series

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterableSeries:
    """A series in words: its words where it has states, its last period, and the days of the next one."""

    key: str
    name: str
    place: str
    unit: str
    words: tuple[str, ...]
    last: str = ""
    next_from: date | None = None
    next_to: date | None = None


def enterable_series(session: Session) -> list[EnterableSeries]:
    """Return all series outside exercises, by name."""
    indicators = {indicator.slug: indicator for indicator in definitions.find_all(session, Indicator)}
    keys = [key for key in series.find_all(session) if "@" not in key.unit and key.indicator in indicators]
    latest = series.latest(session, keys)
    rows = [_named(key, indicators[key.indicator], latest.get(str(key))) for key in keys]
    return sorted(rows, key=lambda row: (row.name, row.place))


def _named(key: SeriesKey, indicator: Indicator, latest: Observation | None) -> EnterableSeries:
    named = EnterableSeries(
        key=str(key), name=indicator.name, place=key.unit, unit=indicator.unit, words=tuple(indicator.words)
    )
    if latest is None:
        return named
    reading = latest.reading
    start, end = next_period(reading.period_start, reading.period_end, indicator)
    return replace(
        named,
        last=day((reading.period_end - _DAY).date()),
        next_from=start.date(),
        next_to=(end - _DAY).date(),
    )


def next_period(start: datetime, end: datetime, indicator: Indicator) -> tuple[datetime, datetime]:
    """Return the period that follows one: as long, or the next whole month, quarter or year."""
    whole = period_of(WrittenDate(end, Span.DAY), cadence_days=indicator.cadence_days)
    return whole if whole[0] == end else (end, end + (end - start))
