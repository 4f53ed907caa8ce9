"""gdelt: how much of the world's news is about something, and in what tone, by GDELT's DOC API."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator

from monitor.domain.errors import Postponed, SourceError
from monitor.domain.harvest import Answer, Ask, Fetcher, Harvest, Pace, Rejected
from monitor.domain.observation import Reading
from monitor.domain.source import Source
from monitor.sources.parsing.bodies import json_body, number, object_of, rows_of, shown, text_of
from monitor.sources.parsing.months import midnight
from monitor.sources.settings import Grade, Settings, WebSettings, key, parse, problems_of

Mode = Literal["volume", "articles", "tone"]
_MODES: Mapping[Mode, str] = {
    "volume": "timelinevol",
    "articles": "timelinevolraw",
    "tone": "timelinetone",
}
_LEAST: Mapping[Mode, float] = {"volume": 0, "articles": 0, "tone": -100}
_MOST: Mapping[Mode, float] = {"volume": 100, "articles": 1e9, "tone": 100}
_STAMP = "%Y%m%dT%H%M%SZ"
_BEGINS = date(2017, 1, 1)
# Shorter spans are answered in hours.
_SHORTEST_DAYS = 14
_MOST_POINTS = 20_000
_SHORTEST_QUERY = 3
# GDELT's JSON has backslashes where none may be, and control characters.
_ESCAPE = re.compile(rb'\\(u[0-9a-fA-F]{4}|["\\/bfnrt])|\\')
_CONTROL = re.compile(rb"[\x00-\x1f]")
_OF_THE_QUERY = (
    "too short",
    "too common",
    "too long",
    "surrounded",
    "invalid",
    "illegal",
    "phrase",
    "keyword",
)


class GdeltSeries(Settings):
    """One series: a value a day of what matches a query."""

    series: Annotated[
        str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*:[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=160)
    ] = key("Its key", "fuel-news:mali")
    query: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)] = key(
        "What is looked for, in GDELT's words; OR needs brackets", "(Bamako) (fuel OR carburant)"
    )
    mode: Mode = key(
        "`volume` (percent of all articles), `articles` (how many) or `tone` (about -10 to 10)",
        "tone",
        "volume",
    )

    @field_validator("query")
    @classmethod
    def _has_brackets(cls, query: str) -> str:
        if " OR " in query and "(" not in query:
            raise ValueError("words joined by OR are to stand in brackets: (fuel OR carburant)")
        return query


class GdeltSettings(WebSettings):
    """What is looked for."""

    days: Annotated[int, Field(ge=_SHORTEST_DAYS, le=3650)] = key("How many days each run asks for", 30, 30)
    since: date | None = key(
        "The first day wanted, asked for at the first run (from 2017 on); left out: `days`",
        "2024-01-01",
        None,
    )
    url: str = key("Where GDELT is", "https://api.gdeltproject.org", "https://api.gdeltproject.org")
    citation: str = key("Slug of the citation its values carry", "gdelt", "")
    grade: Grade = key("Grade of its values", "C3", "")
    series: Annotated[tuple[GdeltSeries, ...], Field(min_length=1, max_length=50)] = key(
        "What is looked for, `[[source.settings.series]]` each; one request for each query and mode", []
    )


class GdeltSource:
    """Settings: `GdeltSettings`. One request in five seconds and one try, which is all that GDELT allows."""

    settings = GdeltSettings
    pace = Pace(pause_seconds=5.5, at_once=1, tries=1)

    def problems(self, source: Source) -> Sequence[str]:
        """Return what is wrong with the settings."""
        return problems_of(GdeltSettings, source)

    def fetch(self, source: Source, ask: Ask, fetcher: Fetcher) -> Harvest:
        """Return the days of every query; one that fails is among what was rejected, unless all fail."""
        given = parse(GdeltSettings, source)
        first, last = _days(given, ask)
        readings: list[Reading] = []
        rejected: list[Rejected] = []
        answers: dict[tuple[str, str], Answer] = {}
        failures: list[SourceError] = []
        silent: SourceError | None = None
        for chosen in given.series:
            asked = (chosen.query, chosen.mode)
            try:
                if asked not in answers:
                    if silent is not None:
                        # It bars addresses that go on asking after a refusal.
                        raise silent
                    answers[asked] = fetcher.get(_address(given), params=_params(chosen, first, last))
                readings += _readings(answers[asked], chosen, given, ask, rejected)
            except Postponed:
                raise
            except SourceError as error:
                if asked not in answers and not error.permanent:
                    silent = error
                failures.append(error)
                rejected.append(
                    Rejected(where=f"series {chosen.series}", text=chosen.query, reason=str(error))
                )
        if failures and len(failures) == len(given.series):
            raise failures[0]
        note = "" if readings else f"GDELT found nothing from {first} to {last}: nothing was set to 0"
        return Harvest(readings=tuple(readings), rejected=tuple(rejected), note=note)


def _address(given: GdeltSettings) -> str:
    return f"{given.url.rstrip('/')}/api/v2/doc/doc"


def _days(given: GdeltSettings, ask: Ask) -> tuple[date, date]:
    today = ask.now.astimezone(UTC).date()
    if ask.window is not None:
        first = max(_BEGINS, min(ask.window.first, ask.window.last - timedelta(days=_SHORTEST_DAYS)))
        return first, max(first, min(ask.window.last, today))
    first = today - timedelta(days=given.days)
    if ask.since is None and given.since is not None:
        first = min(first, given.since)
    return max(_BEGINS, first), today


def _params(chosen: GdeltSeries, first: date, last: date) -> Mapping[str, str]:
    return {
        "query": chosen.query,
        "mode": _MODES[chosen.mode],
        "format": "json",
        "startdatetime": f"{first:%Y%m%d}000000",
        "enddatetime": f"{last:%Y%m%d}235959",
    }


def _readings(
    answer: Answer, chosen: GdeltSeries, given: GdeltSettings, ask: Ask, rejected: list[Rejected]
) -> Iterator[Reading]:
    """Yield the days that are over; points that cannot be used are added to `rejected`."""
    found = _timeline(answer, chosen)
    points = _points(found, chosen)
    values: dict[date, float | None] = {}
    for point in points:
        try:
            day, value = _point(point, chosen)
        except ValueError as error:
            where = f"series {chosen.series}, {text_of(point, 'date')[:20]}"
            rejected.append(Rejected(where=where, text=shown(point.get("value")), reason=str(error)))
            continue
        if values.setdefault(day, value) != value:
            raise SourceError(f"GDELT gave two values for {day}; its steps are to be days")
    if points and not values:
        raise SourceError(f"GDELT gave {len(points)} values for {chosen.query!r} of which none can be read")
    for day, value in sorted(values.items()):
        end = midnight(day) + timedelta(days=1)
        if value is not None and end <= ask.now:
            yield Reading(
                series=chosen.series, period_start=midnight(day), period_end=end, value=value,
                known_at=ask.now, citation=given.citation, grade=given.grade,
            )  # fmt: skip


def _timeline(answer: Answer, chosen: GdeltSeries) -> Mapping[str, Any]:
    """Return the answer's JSON; what GDELT says instead of it comes with status 200 too."""
    content, kind = answer.content, answer.headers.get("content-type", "").lower()
    start = content.lstrip()[:1]
    if start not in {b"{", b"<", b"", b"\xef"}:
        told = shown(content[:300])
        is_query = any(word in told.lower() for word in _OF_THE_QUERY)
        raise SourceError(f"GDELT refused the query {chosen.query!r}: {told}", permanent=is_query)
    plain = _CONTROL.sub(b" ", _ESCAPE.sub(lambda each: each[0] if each[1] else b"", content))
    # What is JSON is read as such, whatever its type says.
    kind = "" if start == b"{" else kind
    return object_of(json_body(plain, content_type=kind, what="GDELT's answer"), what="GDELT's answer")


def _points(found: Mapping[str, Any], chosen: GdeltSeries) -> Sequence[Mapping[str, Any]]:
    if not found:
        return ()
    lines = rows_of(found, "timeline", what=f"GDELT's answer to {chosen.query!r}")
    if not lines:
        return ()
    points = rows_of(lines[0], "data", what="GDELT's timeline")
    if len(lines) > 1 or len(points) > _MOST_POINTS:
        raise SourceError(
            f"GDELT gave {len(lines)} lines of {len(points)} points, where one a day is expected"
        )
    return points


def _point(point: Mapping[str, Any], chosen: GdeltSeries) -> tuple[date, float | None]:
    """Return a point's day and value; None where there was nothing to take a value of."""
    stamp = text_of(point, "date")
    try:
        moment = datetime.strptime(stamp, _STAMP)  # noqa: DTZ007 - the Z at its end says that it is UTC
    except ValueError:
        raise ValueError(f"date {shown(stamp)} is none like 20251101T000000Z") from None
    if moment.hour or moment.minute or moment.second:
        raise ValueError(f"date {stamp} is within a day; steps of a day are expected")
    value = number(point.get("value"))
    if value is None or not _LEAST[chosen.mode] <= value <= _MOST[chosen.mode]:
        raise ValueError(f"value {shown(point.get('value'))} is no {chosen.mode}")
    # No article has no tone, and a day without any article at all was not looked at.
    is_nothing = (chosen.mode == "tone" and value == 0) or (
        chosen.mode == "articles" and "norm" in point and not number(point["norm"])
    )
    return moment.date(), None if is_nothing or math.isnan(value) else value
