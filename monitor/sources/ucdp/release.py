"""Releases of UCDP GED: what months each covers, and how a final one and its candidates are merged."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.sources.parsing.months import last_day
from monitor.sources.ucdp.event import GedEvent

FIRST_DAY = date(1989, 1, 1)
_CENTURY = 2000
_FINAL = re.compile(r"(\d\d)\.1")
_MONTHLY = re.compile(r"(\d\d)\.0\.(\d{1,2})")
_SO_FAR = re.compile(r"(\d\d)\.01\.(\d\d)\.(\d\d)")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Release:
    """A version that never changes, by the days it covers, both included."""

    last: date
    first: date
    version: str

    @property
    def is_final(self) -> bool:
        """Whether it is the yearly one, of all years up to then."""
        return self.first == FIRST_DAY


def release_of(version: str) -> Release:
    """Return a version's release: 25.1, 26.0.9 (one month) or 26.01.26.06; ValueError if it is none."""
    if found := _FINAL.fullmatch(version):
        return Release(version=version, first=FIRST_DAY, last=date(_CENTURY + int(found[1]) - 1, 12, 31))
    if (found := _MONTHLY.fullmatch(version)) and 1 <= int(found[2]) <= 12:  # noqa: PLR2004 - months
        month = date(_CENTURY + int(found[1]), int(found[2]), 1)
        return Release(version=version, first=month, last=last_day(month))
    if (found := _SO_FAR.fullmatch(version)) and found[1] == found[2] and 1 <= int(found[3]) <= 12:  # noqa: PLR2004
        year = _CENTURY + int(found[1])
        return Release(version=version, first=date(year, 1, 1), last=last_day(date(year, int(found[3]), 1)))
    raise ValueError(f"{version!r} is no version of UCDP GED like 25.1, 26.0.9 or 26.01.26.06")


def needed(releases: Iterable[Release]) -> list[Release]:
    """Return the releases that count, oldest first: one of which a longer one covers every day does not."""
    given = sorted(set(releases))
    return [
        each
        for each in given
        if not any(one != each and one.first <= each.first and each.last <= one.last for one in given)
    ]


def merged(told: Sequence[tuple[Release, Sequence[GedEvent]]]) -> dict[str, GedEvent]:
    """Return events by id, by day: what a final release has counts before any candidate, else the newest."""
    found: dict[str, GedEvent] = {}
    for _, events in sorted(told, key=lambda each: (each[0].is_final, each[0])):
        found.update({event.id: event for event in events})
    return {each.id: each for each in sorted(found.values(), key=lambda one: (one.first, int(one.id)))}


def covered_until(releases: Iterable[Release]) -> date:
    """Return the last day up to which the releases leave no gap, from the first day of the first."""
    ordered = sorted(releases, key=lambda each: each.first)
    until = ordered[0].last
    for each in ordered[1:]:
        if (each.first - until).days <= 1:
            until = max(until, each.last)
    return until
