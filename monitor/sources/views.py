"""views: VIEWS's forecasts of fatalities in state-based conflict, by country and month, of its newest run."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, StringConstraints, field_validator

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Ask, Fetcher, Harvest, Pace, Rejected
from monitor.domain.iso3166 import NUMERIC
from monitor.domain.observation import Reading
from monitor.domain.source import Source
from monitor.sources.parsing.bodies import json_of, number, object_of, rows_of, said, shown, text_of, whole
from monitor.sources.parsing.months import midnight, next_month
from monitor.sources.parsing.row_values import count_of
from monitor.sources.settings import Grade, Iso3, Settings, WebSettings, key, parse, problems_of

# Runs are named by generation, the last month of their data and an edition: fatalities003_2026_05_t01.
_RUN = re.compile(r"fatalities(\d{3})_(\d{4})_(\d{2})_t(\d{2})")
_NOT_FOUND, _UNKNOWN = 404, 422
_MOST_PAGES = 100
_PAGE_SIZE = 1000
_MOST_DEATHS = 1e7
# Month 1 of VIEWS is January 1980.
_FIRST_YEAR = 1980
_MONTHS = 12
Value = Literal["main_mean", "main_dich"]


class ViewsSeries(Settings):
    """One series a country: a forecast a month."""

    series: Annotated[
        str,
        StringConstraints(
            pattern=r"^[a-z0-9]+(-[a-z0-9]+)*:([A-Za-z0-9][A-Za-z0-9._-]*|\{country\})$", max_length=160
        ),
    ] = key("Its key; `{country}` makes one for each country", "views-deaths:{country}")
    value: Value = key(
        "`main_mean` (predicted fatalities) or `main_dich` (probability, 0 to 1, of 25 or more)",
        "main_dich", "main_mean",
    )  # fmt: skip


class ViewsSettings(WebSettings):
    """Which run, and of which countries."""

    countries: Annotated[tuple[Iso3, ...], Field(min_length=1)] = key("ISO codes", ["MLI"])
    run: str = key("`newest`, or the name of a run", "fatalities003_2026_05_t01", "newest")
    violence: Literal["sb", "ns", "os"] = key(
        "Type of violence: state-based, non-state or one-sided, where the run has it", "sb", "sb"
    )
    url: str = key("Where VIEWS is", "https://api.viewsforecasting.org", "https://api.viewsforecasting.org")
    citation: str = key("Slug of the citation its values carry", "views", "")
    grade: Grade = key("Grade of its values", "C3", "")
    series: Annotated[tuple[ViewsSeries, ...], Field(min_length=1)] = key(
        "What is read, `[[source.settings.series]]` each; its indicator has `is_forecast = true`", []
    )

    @field_validator("run")
    @classmethod
    def _is_run(cls, run: str) -> str:
        if run != "newest" and not _month_of_run(run):
            raise ValueError("expected newest, or a run like fatalities003_2026_05_t01")
        return run

    @field_validator("countries")
    @classmethod
    def _are_known(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := sorted(set(codes) - set(NUMERIC)):
            raise ValueError(f"no country of ISO 3166 is {', '.join(unknown)}")
        return codes


class ViewsSource:
    """Settings: `ViewsSettings`. A newer run revises the months that an older one forecast."""

    settings = ViewsSettings
    pace = Pace(at_once=1)

    def problems(self, source: Source) -> Sequence[str]:
        """Return what is wrong with the settings."""
        return problems_of(ViewsSettings, source)

    def fetch(self, source: Source, ask: Ask, fetcher: Fetcher) -> Harvest:
        """Return the forecasts of a run for the months after its data."""
        given = parse(ViewsSettings, source)
        run = _newest(given, fetcher) if given.run == "newest" else given.run
        address = f"{given.url.rstrip('/')}/{run}/cm/{given.violence}"
        rows = list(_rows(address, given, fetcher))
        found, rejected = _told(rows, run, given)
        readings = tuple(_readings(found, given, ask))
        if not readings:
            first = f"; {rejected[0].where}: {rejected[0].reason}" if rejected else ""
            raise SourceError(
                f"run {run} has no forecast of months to come for {', '.join(given.countries)}{first}"
            )
        return Harvest(readings=readings, rejected=tuple(rejected), note=f"forecasts of run {run}")


def _month_of_run(run: str) -> date | None:
    """Return the last month of a run's data; None where it is no run of forecasts (some end in month 00)."""
    found = _RUN.fullmatch(run)
    if found is None or not 1 <= int(found[3]) <= _MONTHS or int(found[2]) < _FIRST_YEAR:
        return None
    return date(int(found[2]), int(found[3]), 1)


def _newest(given: ViewsSettings, fetcher: Fetcher) -> str:
    """The list is in no order: the run with the newest data, then generation and edition."""
    what = "VIEWS's list of runs"
    body = object_of(json_of(fetcher.get(f"{given.url.rstrip('/')}/"), what=what), what=what)
    listed = body.get("runs")
    if not isinstance(listed, list):
        raise SourceError(f"{what} has no 'runs'{said(body)}")
    runs = [(month, run) for run in listed if isinstance(run, str) and (month := _month_of_run(run))]
    if not runs:
        raise SourceError(f"{what} names no run of forecasts like fatalities003_2026_05_t01")
    return max(runs)[1]


def _rows(address: str, given: ViewsSettings, fetcher: Fetcher) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of all pages, along next_page; where one country is wanted, it alone is asked for."""
    params = {"pagesize": str(_PAGE_SIZE)}
    if len(given.countries) == 1:
        params["iso"] = given.countries[0]
    asked: set[str] = set()
    url, count, total = address, 0, None
    while url:
        if url in asked or len(asked) >= _MOST_PAGES:
            raise SourceError(f"{address}: page {len(asked) + 1} was given before; its pages do not end")
        what = f"page {len(asked) + 1} of {address}"
        answer = fetcher.get(
            url, params=None if asked else params, accept=frozenset({200, _NOT_FOUND, _UNKNOWN})
        )
        asked.add(url)
        if answer.status != 200:  # noqa: PLR2004 - the one good status
            message = f"VIEWS has no run at {address} ({answer.status}); correct run or violence"
            raise SourceError(message, permanent=True)
        body = object_of(json_of(answer, what=what), what=what)
        rows = rows_of(body, "data", what=what)
        count += len(rows)
        total = _total(body, total)
        yield from rows
        url = _following(text_of(body, "next_page"), address)
    if total is not None and count != total:
        raise SourceError(f"{address} says it has {total} rows and gave {count}; nothing was stored")


def _total(body: Mapping[str, Any], before: int | None) -> int | None:
    try:
        return whole(body.get("row_count"))
    except ValueError:
        return before


def _following(url: str, address: str) -> str:
    """Return the next page's address on the host that was asked; any other is refused."""
    if not url:
        return ""
    told, asked = urlsplit(url), urlsplit(address)
    if told.hostname != asked.hostname or told.path.rstrip("/") != asked.path.rstrip("/"):
        raise SourceError(f"{address}: the next page is at another place, {shown(told.netloc + told.path)}")
    return urlunsplit((asked.scheme, asked.netloc, asked.path, told.query, ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Forecast:
    """One country's month."""

    country: str
    month: date
    values: Mapping[Value, float]


def _told(
    rows: Sequence[Mapping[str, Any]], run: str, given: ViewsSettings
) -> tuple[Sequence[_Forecast], list[Rejected]]:
    wanted = sorted({each.value for each in given.series})
    needed = ("isoab", "year", "month", "month_id", *wanted)
    if rows and (missing := [name for name in needed if name not in rows[0]]):
        message = f"the rows of run {run} have no {', '.join(missing)}; their layout has changed"
        raise SourceError(message, permanent=True)
    found: dict[tuple[str, date], _Forecast] = {}
    rejected: list[Rejected] = []
    for row in rows:
        if text_of(row, "isoab") not in given.countries:
            continue
        try:
            forecast = _forecast(row, run, wanted)
            if (forecast.country, forecast.month) in found:
                raise ValueError(f"a second forecast for {forecast.month:%Y-%m}")
        except ValueError as error:
            where = f"{text_of(row, 'isoab')}, month {shown(row.get('month_id'))}"
            text = ", ".join(f"{name}={str(row.get(name))[:40]}" for name in needed)
            rejected.append(Rejected(where=where, text=text, reason=str(error)))
        else:
            found[forecast.country, forecast.month] = forecast
    return list(found.values()), rejected


def _forecast(row: Mapping[str, Any], run: str, wanted: Sequence[Value]) -> _Forecast:
    year = count_of(row, "year", most=9990)
    month_number = count_of(row, "month", most=_MONTHS)
    identity = count_of(row, "month_id", most=100_000)
    if month_number < 1 or year < _FIRST_YEAR:
        raise ValueError(f"year {year} and month {month_number} are no month from {_FIRST_YEAR} on")
    if identity != (year - _FIRST_YEAR) * _MONTHS + month_number:
        raise ValueError(f"month_id {shown(row.get('month_id'))} is not that of {year}-{month_number:02}")
    data_month = _month_of_run(run)
    month = date(year, month_number, 1)
    if data_month is not None and month <= data_month:
        raise ValueError(f"{month:%Y-%m} is not after the run's data, so it is no forecast")
    values: dict[Value, float] = {}
    for name in wanted:
        most = 1.0 if name == "main_dich" else _MOST_DEATHS
        try:
            value = number(row.get(name))
        except ValueError:
            value = -1.0
        if value is None or not 0 <= value <= most:
            raise ValueError(f"{name} {shown(row.get(name))} is no number from 0 to {most:g}")
        values[name] = value
    return _Forecast(country=text_of(row, "isoab"), month=month, values=values)


def _readings(found: Sequence[_Forecast], given: ViewsSettings, ask: Ask) -> Iterator[Reading]:
    for chosen in given.series:
        for each in sorted(found, key=lambda one: (one.country, one.month)):
            # What is told of a month that is over is no forecast of it any more.
            if midnight(next_month(each.month)) <= ask.now:
                continue
            yield Reading(
                series=chosen.series.replace("{country}", each.country),
                period_start=midnight(each.month),
                period_end=midnight(next_month(each.month)),
                value=each.values[chosen.value],
                known_at=ask.now,
                citation=given.citation,
                grade=given.grade,
            )
