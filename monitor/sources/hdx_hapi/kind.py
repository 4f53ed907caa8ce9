"""hdx_hapi: HDX HAPI v2, themes by country and level, and its bulk CSV."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, timedelta
from typing import Any

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask, Fetcher, Harvest, Pace
from monitor.domain.source import Source
from monitor.sources.hdx_hapi.rows import Taken, needed
from monitor.sources.hdx_hapi.settings import PATHS, WITHOUT_LEVELS, HapiSeries, HapiSettings, faults_of
from monitor.sources.parsing.bodies import json_of, object_of, rows_of, said
from monitor.sources.parsing.streamed_table import TYPES_OF_TABLES, rows_of_table
from monitor.sources.settings import parse

_OK, _FORBIDDEN = 200, 403
_ANSWERS = frozenset({_OK, 400, 401, _FORBIDDEN, 422})
_MOST_PAGES = 200
_SECONDS = 120.0

_Rows = Sequence[tuple[str, Mapping[str, Any]]]


class HapiSource:
    """Settings: `HapiSettings`. One request a theme, location and level, however many series use it."""

    settings = HapiSettings
    pace = Pace(pause_seconds=1.0, at_once=1)
    content_types = TYPES_OF_TABLES

    def problems(self, source: Source) -> Sequence[str]:
        """Return what is wrong with the settings and the licence."""
        return faults_of(source)

    def fetch(self, source: Source, ask: Ask, fetcher: Fetcher) -> Harvest:
        """Return the values of the days asked for."""
        given = _given(source)
        identifier = _encoded(ask.secret("app_identifier"))
        answers: dict[tuple[str, ...], _Rows] = {}
        taken = Taken()
        for chosen in given.series:
            for location in given.locations:
                asked = _asked(chosen, location, given, ask)
                name = (chosen.theme, *asked.values())
                if name not in answers:
                    answers[name] = list(_pages(given, chosen.theme, asked, identifier, fetcher))
                _check(answers[name], chosen)
                taken.take(answers[name], given, chosen)
        return _harvest(taken, given, ask)

    def read(self, source: Source, ask: Ask, answer: Answer) -> Harvest:
        """Return what a bulk CSV holds of the series whose columns it has."""
        given = _given(source)
        what = answer.url or "the file"
        kind = answer.headers.get("content-type", "")
        table = rows_of_table(answer.content, what=what, needed=["reference_period_start"], content_type=kind)
        rows = [(f"line {line}", row) for line, row in table]
        fitting = [each for each in given.series if rows and not _missing(rows[0][1], each)]
        if rows and not fitting:
            raise SourceError(f"{what} has the columns of none of the source's themes", permanent=True)
        taken = Taken()
        for chosen in fitting:
            taken.take(rows, given, chosen)
        return _harvest(taken, given, ask)


def _given(source: Source) -> HapiSettings:
    given = parse(HapiSettings, source)
    if faults := faults_of(source):
        raise SourceError("; ".join(faults), permanent=True)
    return given


def _encoded(identifier: str) -> str:
    """HAPI wants base64 of `appname:email`; whoever kept it plain need not know."""
    return base64.b64encode(identifier.encode()).decode() if ":" in identifier else identifier


def _asked(chosen: HapiSeries, location: str, given: HapiSettings, ask: Ask) -> Mapping[str, str]:
    today = ask.now.astimezone(UTC).date()
    first = (
        given.since if ask.since is None else max(given.since, today - timedelta(days=given.trailing_days))
    )
    last = today
    if ask.window is not None:
        first, last = ask.window.first, ask.window.last
    params = {"start_date": first.isoformat(), "end_date": last.isoformat(), "output_format": "json"}
    place = "origin_location_code" if chosen.theme == "refugees" else "location_code"
    params[place] = location
    if chosen.theme not in WITHOUT_LEVELS:
        params["admin_level"] = str(chosen.admin_level)
    return params


def _pages(
    given: HapiSettings, theme: str, asked: Mapping[str, str], identifier: str, fetcher: Fetcher
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    address = f"{given.url.rstrip('/')}/{PATHS[theme]}"
    seen: set[bytes] = set()
    for page in range(_MOST_PAGES):
        what = f"page {page} of HAPI's {theme}"
        answer = fetcher.get(
            address,
            params={**asked, "limit": str(given.page_size), "offset": str(page * given.page_size)},
            secret_headers={"X-HDX-HAPI-APP-IDENTIFIER": identifier},
            accept=_ANSWERS,
            seconds=_SECONDS,
        )
        body = object_of(json_of(answer, what=what), what=what)
        if answer.status != _OK:
            _refuse(answer, body, what)
        rows = rows_of(body, "data", what=what)
        if rows and answer.content in seen:
            raise SourceError(f"{what} is the same as one before: its pages repeat")
        seen.add(answer.content)
        for place, row in enumerate(rows):
            yield f"{what}, row {place}", row
        if len(rows) < given.page_size:
            return
    raise SourceError(f"HAPI's {theme} does not end after {_MOST_PAGES} pages; narrow since or locations")


def _refuse(answer: Answer, body: Mapping[str, Any], what: str) -> None:
    told = said(body)
    if answer.status == _FORBIDDEN or "identifier" in told.lower():
        message = (
            f"HAPI refused the app identifier ({answer.status}{told}): its secret is to be appname:email"
        )
        raise SourceError(message, permanent=True)
    raise SourceError(f"{what} was refused ({answer.status}{told})", permanent=True)


def _missing(row: Mapping[str, Any], chosen: HapiSeries) -> list[str]:
    return [name for name in needed(chosen.theme, chosen.column) if name not in row]


def _check(rows: _Rows, chosen: HapiSeries) -> None:
    if rows and (missing := _missing(rows[0][1], chosen)):
        message = f"HAPI's {chosen.theme} has no {', '.join(missing)}; its layout has changed"
        raise SourceError(message, permanent=True)


def _harvest(taken: Taken, given: HapiSettings, ask: Ask) -> Harvest:
    readings = tuple(taken.readings(given, now=ask.now))
    if taken.rejected and not readings:
        first = taken.rejected[0]
        raise SourceError(f"no row could be used: {first.where}: {first.reason}")
    note = "" if readings else "HAPI has no rows for these places and days: nothing was set to 0"
    return Harvest(readings=readings, rejected=tuple(taken.rejected), note=note)
