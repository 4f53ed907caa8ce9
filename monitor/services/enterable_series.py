"""List the series a person may enter values for, and find one by a few letters of its name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.errors import InvalidInput
from monitor.domain.fuzzy import ranked
from monitor.domain.indicator import Indicator
from monitor.domain.observation import Observation
from monitor.domain.series import SeriesKey
from monitor.domain.spoken import day, place_name
from monitor.domain.wording import say
from monitor.geo.region_names import region_name
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

    @property
    def title(self) -> str:
        """Its name with its place."""
        where = region_name(self.place) or place_name(self.place)
        if not where or self.place == "world" or where.casefold() in self.name.casefold():
            return self.name
        return f"{self.name}, {where}"

    @property
    def about(self) -> str:
        """Its unit, or its words."""
        return say("one of: {words}", words=", ".join(self.words)) if self.words else self.unit


def find_series(
    rows: Sequence[EnterableSeries], typed: str, *, recent: Iterable[str] = ()
) -> list[EnterableSeries]:
    """Return the series that fit what was typed, the nearest first, of equally near the recent ones first.

    A key, or the whole name, finds the one that it names.
    """
    text = typed.strip()
    exact = [row for row in rows if text.casefold() in {row.key.casefold(), row.title.casefold()}]
    if exact:
        return exact
    places = {key: at for at, key in enumerate(recent)}
    found = ranked(text, rows, lambda row: f"{row.title} {row.key}")
    found.sort(key=lambda pair: (pair[0], places.get(pair[1].key, len(places))))
    return [row for _, row in found]


def chosen_series(
    rows: Sequence[EnterableSeries], typed: str, *, recent: Iterable[str] = ()
) -> EnterableSeries:
    """Return the one series that was meant; InvalidInput (`series`) where there is none, or several."""
    if not typed.strip():
        raise InvalidInput(say("choose a series"), field="series")
    found = find_series(rows, typed, recent=recent)
    if not found:
        raise InvalidInput(say("there is no series like {typed}", typed=typed.strip()), field="series")
    if len(found) > 1:
        raise InvalidInput(say("several series fit: choose one"), field="series")
    return found[0]


def enterable_series(session: Session, *, now: datetime | None = None) -> list[EnterableSeries]:
    """Return all series outside exercises, by name; with `now` one without values begins with this period.

    The days offered are those after the last value where they have begun, else those of the last value.
    """
    indicators = {indicator.slug: indicator for indicator in definitions.find_all(session, Indicator)}
    keys = [key for key in series.find_all(session) if "@" not in key.unit and key.indicator in indicators]
    latest = series.latest(session, keys)
    rows = [_named(key, indicators[key.indicator], latest.get(str(key)), now=now) for key in keys]
    return sorted(rows, key=lambda row: (row.name, row.place))


def _named(
    key: SeriesKey, indicator: Indicator, latest: Observation | None, *, now: datetime | None
) -> EnterableSeries:
    named = EnterableSeries(
        key=str(key), name=indicator.name, place=key.unit, unit=indicator.unit, words=tuple(indicator.words)
    )
    if latest is None:
        if now is None:
            return named
        start, end = period_of(WrittenDate(now, Span.DAY), cadence_days=indicator.cadence_days)
        return replace(named, next_from=start.date(), next_to=(end - _DAY).date())
    reading = latest.reading
    start, end = next_period(reading.period_start, reading.period_end, indicator)
    if now is not None and start > now:
        start, end = reading.period_start, reading.period_end
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
