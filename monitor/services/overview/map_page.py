"""The page of the map: its picture, the table behind it, and what can be chosen; few queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from monitor.domain.indicator import Indicator
from monitor.domain.map_picture import MapCell, MapPicture
from monitor.domain.marking import Handling, strictest
from monitor.domain.months import months_between
from monitor.geo.countries import DrawnCountry, drawn_countries, neighbours
from monitor.geo.outlines import outlines
from monitor.services.markings import Markings
from monitor.services.overview.desk import desk
from monitor.services.overview.map_asked import MapAsked, Window
from monitor.services.overview.map_incidents import incident_data
from monitor.services.overview.map_measures import Measure, measures
from monitor.services.overview.map_rows import Closer, MapData, MapRow
from monitor.services.overview.map_values import value_data
from monitor.services.overview.values import DeskView
from monitor.storage import snapshot
from monitor.storage.snapshot import Definitions


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    """The map of one month. `months` are all there is anything of, with a number each; empty in a part.

    `asked` has what was taken where the address asked for nothing or for what is not there.
    """

    desk: DeskView
    asked: MapAsked
    window: Window
    measure: Measure
    indicator: Indicator | None
    measures: tuple[Measure, ...]
    country: DrawnCountry
    all_countries: tuple[DrawnCountry, ...]
    shown: tuple[DrawnCountry, ...]
    months: tuple[tuple[date, int], ...]
    picture: MapPicture
    rows: tuple[MapRow, ...]
    data: MapData
    closer: Closer | None
    handling: Handling


def map_page(session: Session, asked: MapAsked, *, now: datetime, is_part: bool = False) -> MapView | None:
    """Return the map in a fixed number of queries; None where no pack brings outlines.

    A part is asked for one month after another: what does not change with the month is left out.
    """
    drawn = drawn_countries()
    if not drawn:
        return None
    known = snapshot.current(session)
    of = _country(known, asked.of, drawn)
    countries = (of,) if asked.is_alone else (of, *neighbours(of))
    choices = measures(session, known, countries)
    measure = next((each for each in choices if each.key == asked.measure), choices[0])
    asked = replace(asked, of=of, measure=measure.key)
    data = _data(session, known, countries, measure, asked, now=now, is_part=is_part)
    rows = _rows(countries, measure, data)
    return MapView(
        desk=desk(session, now=now),
        asked=replace(asked, month=data.window.month),
        window=data.window,
        measure=measure,
        indicator=known.indicators.get(measure.key),
        measures=choices,
        country=drawn[of],
        all_countries=tuple(drawn.values()),
        shown=tuple(drawn[each] for each in countries),
        months=() if is_part else _months(data.strip, data.window.month),
        picture=_picture(countries, measure, rows, data, asked.region),
        rows=rows,
        data=data,
        closer=_closer(rows, data, asked.region),
        handling=_handling(session, known, data),
    )


def _country(known: Definitions, asked: str, drawn: Mapping[str, DrawnCountry]) -> str:
    """Return the country asked for, else the one most subjects are of."""
    if asked in drawn:
        return asked
    of = [each.country for each in known.subjects.values() if each.country in drawn and "@" not in each.slug]
    return max(sorted(set(of)), key=of.count, default=min(drawn))


def _data(
    session: Session, known: Definitions, countries: Sequence[str], measure: Measure, asked: MapAsked, *,
    now: datetime, is_part: bool,
) -> MapData:  # fmt: skip
    if measure.is_incidents:
        return incident_data(session, countries, asked, now=now, is_part=is_part)
    return value_data(session, known, measure, asked, now=now)


def _rows(countries: Sequence[str], measure: Measure, data: MapData) -> tuple[MapRow, ...]:
    """Return a row for each region of the map, told or not, the countries in their order."""
    drawn = drawn_countries()
    if measure.is_by_country:
        bare = [(code, drawn[code].name, code) for code in countries]
    else:
        bare = [(each.code, each.name, country) for country in countries for each in outlines(country)]
    return tuple(
        data.rows.get(code) or MapRow(
            code=code, name=name, country=drawn[country].name, cell=MapCell(code=code),
        )
        for code, name, country in bare
    )  # fmt: skip


def _months(strip: Mapping[date, int], shown: date) -> tuple[tuple[date, int], ...]:
    """Return every month from the first to the last there is anything of, those without any included."""
    ends = [*strip, shown]
    return tuple((month, strip.get(month, 0)) for month in months_between(min(ends), max(ends)))


def _picture(
    countries: tuple[str, ...], measure: Measure, rows: Sequence[MapRow], data: MapData, region: str
) -> MapPicture:
    return MapPicture(
        countries=countries, is_by_country=measure.is_by_country, spots=data.spots,
        cells={each.code: each.cell for each in rows}, chosen=region,
    )  # fmt: skip


def _closer(rows: Sequence[MapRow], data: MapData, region: str) -> Closer | None:
    row = next((each for each in rows if each.code == region), None)
    return None if row is None else Closer(row=row, lines=data.lines, total=data.lines_total)


def _handling(session: Session, known: Definitions, data: MapData) -> Handling:
    marked = Markings(session, known)
    return strictest([
        *(marked.of_source(slug) for slug in sorted(data.sources)),
        *(marked.of_series(key) for key in sorted(data.series)),
    ])  # fmt: skip
