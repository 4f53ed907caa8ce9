"""Values of series coded by region or country in one month, as known at a moment; gaps stay gaps."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.clock import DAY_SECONDS, epoch, moment
from monitor.domain.indicator import Indicator
from monitor.domain.map_picture import MapCell, Told, is_between, pressure_of, shade_of_pressure
from monitor.domain.months import month_of, months_between
from monitor.domain.observation import Observation
from monitor.domain.scoring.view import effective, observed
from monitor.domain.series import Columns, Floats
from monitor.domain.spoken import period, short
from monitor.domain.transforms.denominator import columns_of, denominators
from monitor.domain.transforms.transform import stages
from monitor.domain.wording import say
from monitor.geo.countries import drawn_countries
from monitor.geo.outlines import all_outlines
from monitor.services.overview.map_asked import MapAsked, Window, window_of
from monitor.services.overview.map_measures import Measure
from monitor.services.overview.map_rows import CloserLine, MapData, MapRow
from monitor.services.overview.words import value_words
from monitor.services.read_columns import read_series
from monitor.storage import observations
from monitor.storage.snapshot import Definitions

_MOST_LINES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """One series as known at a moment: a row a period, with its values after the transforms.

    `place` is the row that stands for the days shown; -1: none, and `told` says why.
    """

    indicator: Indicator
    key: str
    rows: Columns
    value: Floats
    window: Window
    told: Told = Told.NOTHING
    place: int = -1


def value_data(
    session: Session, known: Definitions, measure: Measure, asked: MapAsked, *, now: datetime
) -> MapData:
    """Return the value of each region or country that the measure has a series of.

    The month is the newest that has any if none is asked for.
    """
    indicator = known.indicators[measure.key]
    keys = dict(measure.series)
    columns = read_series(session, known.indicators, sorted(_read(indicator, keys, measure)))
    strip = _strip(columns[key] for key in keys.values())
    this = month_of(now.date())
    window = window_of(asked, asked.month or min(max(strip, default=this), this), now=now)
    seen = {code: _seen(indicator, key, columns, window) for code, key in keys.items()}
    rows = _rows(session, known, seen)
    rows |= {
        code: _with_mark(rows.get(code) or _bare(code), words)
        for code, words in _marks(columns, measure, window).items()
    }
    chosen = seen.get(asked.region)
    return MapData(
        window=window,
        rows=rows,
        series=frozenset(keys.values()),
        lines=() if chosen is None else _lines(indicator, chosen),
        lines_total=0 if chosen is None else len(chosen.rows),
        strip=strip,
    )


def _read(indicator: Indicator, keys: Mapping[str, str], measure: Measure) -> set[str]:
    wanted = {*keys.values(), *(key for _, key in measure.marks)}
    return wanted | {each for key in keys.values() for each in denominators(indicator, key).values()}


def _seen(indicator: Indicator, key: str, columns: Mapping[str, Columns], window: Window) -> _Seen:
    at = epoch(window.at)
    rows = _known(columns[key], at)
    beside = columns_of(denominators(indicator, key), columns)
    others = {name: _known(each, at) for name, each in beside.items()}
    value = stages(indicator, rows, others=others)[-1].value if len(rows) else rows.value
    there = ~np.isnan(value)
    rows, value = rows.rows(there), value[there]
    told, place = _pick(indicator, rows, columns[key], window)
    return _Seen(indicator=indicator, key=key, rows=rows, value=value, window=window, told=told, place=place)


def _known(columns: Columns, at: int) -> Columns:
    return observed(effective(columns.rows(columns.known_at <= at)))


def _pick(indicator: Indicator, rows: Columns, all_rows: Columns, window: Window) -> tuple[Told, int]:
    """Return the last period that began within or before the days, unless it has expired by their end."""
    end = epoch(window.end)
    place = int(np.searchsorted(rows.period_start, end)) - 1
    if place < 0:
        is_later = bool(np.any(all_rows.period_start < end))
        return (Told.NOT_YET if is_later else Told.NOTHING), -1
    if end - int(rows.period_end[place]) > indicator.expires_after_days * DAY_SECONDS:
        return Told.OLD, -1
    return Told.VALUE, place


def _rows(session: Session, known: Definitions, seen: Mapping[str, _Seen]) -> dict[str, MapRow]:
    periods = {each.key: _period(each) for each in seen.values() if each.place >= 0}
    stored = observations.stored(session, periods)
    return {code: _row(known, code, each, stored.get(each.key)) for code, each in seen.items()}


def _period(seen: _Seen) -> tuple[int, int, int]:
    rows, place = seen.rows, seen.place
    return int(rows.period_start[place]), int(rows.period_end[place]), int(rows.seq[place])


def _row(known: Definitions, code: str, seen: _Seen, stored: Observation | None) -> MapRow:
    bare = replace(_bare(code), series=seen.key, cell=MapCell(code=code, told=seen.told))
    if seen.place < 0:
        return bare
    start, end, _ = _period(seen)
    value = float(seen.value[seen.place])
    pressure = pressure_of(seen.indicator, value)
    words, when = value_words(seen.indicator, value), period(moment(start), moment(end))
    is_carried = moment(end) <= seen.window.month_start
    return replace(
        bare,
        cell=MapCell(
            code=code, told=Told.VALUE, words=f"{words} ({when})" if is_carried else words,
            shade=shade_of_pressure(pressure), is_hatched=is_between(seen.indicator, pressure),
        ),
        number=value,
        value=words,
        period=when,
        period_start=moment(start),
        period_end=moment(end),
        is_carried=is_carried,
        known_at=moment(int(seen.rows.known_at[seen.place])),
        grade="" if stored is None else stored.reading.grade,
        source="" if stored is None else _source(known, stored),
    )  # fmt: skip


def _bare(code: str) -> MapRow:
    """Return a row of which nothing is told yet."""
    countries = drawn_countries()
    if code in countries:
        return MapRow(
            code=code, name=countries[code].name, country=countries[code].name, cell=MapCell(code=code)
        )
    outline = all_outlines()[code]
    country = countries[outline.country].name
    return MapRow(code=code, name=outline.name, country=country, cell=MapCell(code=code))


def _with_mark(row: MapRow, words: str) -> MapRow:
    return replace(row, cell=replace(row.cell, mark=words))


def _source(known: Definitions, stored: Observation) -> str:
    citation = known.citations.get(stored.reading.citation)
    if citation is not None:
        return citation.title
    source = known.sources.get(stored.source)
    return stored.source if source is None else source.name


def _marks(columns: Mapping[str, Columns], measure: Measure, window: Window) -> dict[str, str]:
    """Return the words beside the crossed box of each region whose people were shut in that month."""
    found = {}
    for code, key in measure.marks:
        rows = _known(columns[key], epoch(window.at))
        place = int(np.searchsorted(rows.period_start, epoch(window.end))) - 1
        if place >= 0 and rows.value[place] > 0:
            found[code] = say("{people} shut in", people=short(float(rows.value[place])))
    return found


def _lines(indicator: Indicator, seen: _Seen) -> tuple[CloserLine, ...]:
    newest: Sequence[int] = range(len(seen.rows) - 1, max(-1, len(seen.rows) - 1 - _MOST_LINES), -1)
    return tuple(
        CloserLine(
            when=period(moment(int(seen.rows.period_start[place])), moment(int(seen.rows.period_end[place]))),
            what=value_words(indicator, float(seen.value[place])),
            words="",
            known_at=moment(int(seen.rows.known_at[place])),
        )
        for place in newest
    )


def _strip(found: Iterable[Columns]) -> dict[date, int]:
    counted: dict[date, int] = {}
    for columns in found:
        rows = observed(effective(columns))
        own: set[date] = set()
        for start, end in zip(rows.period_start.tolist(), rows.period_end.tolist(), strict=True):
            own |= set(months_between(moment(start).date(), (moment(end) - timedelta(seconds=1)).date()))
        for month in own:
            counted[month] = counted.get(month, 0) + 1
    return dict(sorted(counted.items()))
