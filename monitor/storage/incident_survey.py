"""Incidents added up: by day, by what they are alike in, by point; the newest of them if they are many."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from monitor.domain.incident import Coding, exactness
from monitor.domain.incident_filter import Wanted
from monitor.domain.incident_picture import Spot
from monitor.storage.bulk import fetch_tuples
from monitor.storage.incident_search import LOOKED, conditions, has_rest, last_looked_at, looked_at
from monitor.storage.rows.observations import IncidentRow

# So many are added up at most: the newest.
COUNTED = 10_000
_ALIKE = ("source", "kind", "coded_country", "coded_admin1", "admin1", "precision")
_Points = dict[tuple[float, float], list[int]]
_PEOPLE = ("killed", "injured", "kidnapped")


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """How many incidents a day has, and people in them."""

    day: date
    incidents: int
    killed: int
    injured: int
    kidnapped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Incidents of one source, kind, country, region and precision; `has_point`: they have coordinates."""

    source: str
    kind: str
    coding: Coding
    admin1: str
    precision: str
    has_point: bool
    incidents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Incidents added up. `back_to`: older ones than of this day were not looked at; None: none are left.

    `is_full`: there are more than were added up. Spots are the busiest exact and near places.
    """

    days: tuple[Day, ...]
    groups: tuple[Group, ...]
    spots: tuple[Spot, ...]
    is_full: bool = False
    back_to: date | None = None


def survey(
    session: Session, wanted: Wanted, *, spots: int, most: int = COUNTED, looked: int = LOOKED
) -> Survey:
    """Add up incidents: the newest `most` of those wanted, among the newest that are looked at."""
    looked = looked if has_rest(wanted) else most + 1
    row: Any = aliased(IncidentRow, looked_at(wanted, looked=looked).subquery())
    asked = ("happened_on", *_PEOPLE, "latitude", "longitude", *_ALIKE)
    statement = (
        select(*(getattr(row, name) for name in asked))
        .where(*conditions(row, wanted))
        .order_by(row.happened_on.desc(), row.seq.desc())
        .limit(most + 1)
    )
    rows = fetch_tuples(session, statement)
    is_full = len(rows) > most
    rows = rows[:most]
    days, groups, points = _added_up(rows)
    back_to = days[0].day if is_full else None
    if not is_full and (last := last_looked_at(session, wanted, looked=looked)):
        back_to = last.day
    busiest = _spots(points, most=spots)
    return Survey(days=days, groups=groups, spots=busiest, is_full=is_full, back_to=back_to)


def _added_up(rows: Sequence[Any]) -> tuple[tuple[Day, ...], tuple[Group, ...], _Points]:
    """Add up rows of the columns asked for, the newest first."""
    precise = {text for text in {row[-1] for row in rows} if exactness(text).is_point}
    days: dict[Any, list[int]] = {}
    groups: Counter[tuple[Any, ...]] = Counter()
    points: _Points = {}
    for row in rows:
        latitude, longitude, precision = row[4], row[5], row[-1]
        people = days.setdefault(row[0], [0, 0, 0, 0])
        people[0] += 1
        people[1] += row[1]
        people[2] += row[2]
        people[3] += row[3]
        has_point = latitude is not None and longitude is not None
        groups[(*row[6:], has_point)] += 1
        if has_point and precision in precise:
            spot = points.setdefault((latitude, longitude), [0, 0])
            spot[0] += 1
            spot[1] += row[1]
    return _days(days), _groups(groups), points


def _days(found: Mapping[Any, Sequence[int]]) -> tuple[Day, ...]:
    """Return the days in order; the driver of SQLite gives them as text."""
    return tuple(
        Day(
            day=date.fromisoformat(str(day)), incidents=count, killed=killed, injured=injured,
            kidnapped=kidnapped,
        )
        for day, (count, killed, injured, kidnapped) in reversed(list(found.items()))
    )  # fmt: skip


def _groups(found: Mapping[tuple[Any, ...], int]) -> tuple[Group, ...]:
    return tuple(
        Group(
            source=source, kind=kind, coding=Coding(country=country, admin1=code), admin1=admin1,
            precision=precision, has_point=has_point, incidents=count,
        )
        for (source, kind, country, code, admin1, precision, has_point), count in found.items()
    )  # fmt: skip


def _spots(found: _Points, *, most: int) -> tuple[Spot, ...]:
    """Return the busiest points."""
    busiest = sorted(found.items(), key=lambda each: (-each[1][0], each[0]))[:most]
    return tuple(
        Spot(latitude=latitude, longitude=longitude, incidents=count, killed=killed)
        for (latitude, longitude), (count, killed) in busiest
    )
