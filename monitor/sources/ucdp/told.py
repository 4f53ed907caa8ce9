"""What a release of UCDP GED tells of some countries: its events, and rows that could not be read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Rejected
from monitor.sources.parsing.bodies import shown
from monitor.sources.parsing.months import months_between
from monitor.sources.parsing.row_values import day_of
from monitor.sources.ucdp.event import GedEvent, absent, country_of, event_of
from monitor.sources.ucdp.release import Release

_SHOWN = ("country_id", "date_start", "date_end", "type_of_violence", "best", "low", "high", "where_prec")
_SHOWN_CHARACTERS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """`ids` are of all rows; `doubtful` are (country, month) in which a row could not be read."""

    release: Release
    events: tuple[GedEvent, ...]
    rejected: tuple[Rejected, ...]
    ids: frozenset[str]
    doubtful: frozenset[tuple[str, date]]


def told_of(release: Release, rows: Sequence[Mapping[str, Any]], countries: Collection[str]) -> Told:
    """Read a release's rows; SourceError where their layout is another one."""
    if rows and (missing := absent(rows[0])):
        message = (
            f"the events of release {release.version} have no {', '.join(missing)}; their layout has changed"
        )
        raise SourceError(message, permanent=True)
    events: list[GedEvent] = []
    rejected: list[Rejected] = []
    doubtful: set[tuple[str, date]] = set()
    for row in rows:
        try:
            event = event_of(row)
        except ValueError as error:
            where = f"release {release.version}, event {shown(row.get('id'))}"
            rejected.append(Rejected(where=where, text=_start_of(row), reason=str(error)))
            doubtful |= _doubtful(row, release, countries)
        else:
            if event.country in countries:
                events.append(event)
    return Told(
        release=release,
        events=tuple(events),
        rejected=tuple(rejected),
        ids=frozenset(str(row.get("id")) for row in rows),
        doubtful=frozenset(doubtful),
    )


def days_of(row: Mapping[str, Any]) -> list[date]:
    """Return the first and the last day of a row, or none where they cannot be read."""
    try:
        return [day_of(row, "date_start"), day_of(row, "date_end")]
    except ValueError:
        return []


def _start_of(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={str(row.get(name))[:_SHOWN_CHARACTERS]}" for name in _SHOWN)


def _doubtful(row: Mapping[str, Any], release: Release, countries: Collection[str]) -> set[tuple[str, date]]:
    """Which months may lack the row's deaths: all of the release where its days cannot be read."""
    days = [max(release.first, min(day, release.last)) for day in days_of(row)] or [
        release.first,
        release.last,
    ]
    try:
        whose: Collection[str] = (country_of(row),)
    except ValueError:
        whose = countries
    return {(code, month) for code in whose for month in months_between(min(days), max(days))}
