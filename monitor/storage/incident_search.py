"""Incidents as they are looked for: chosen, counted, grouped; withdrawn ones are left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from monitor.domain.incident import Coding, Incident
from monitor.domain.incident_filter import Wanted
from monitor.domain.incident_picture import Spot
from monitor.storage.incidents import coding_in, incident_in
from monitor.storage.rows.observations import IncidentRow


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedIncident:
    """An incident with its coding."""

    incident: Incident
    coding: Coding


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


def search(session: Session, wanted: Wanted, *, limit: int, offset: int = 0) -> list[CodedIncident]:
    """Return incidents, the newest first."""
    row = IncidentRow
    order = (row.happened_on.desc(), row.source, row.external_id)
    statement = select(row).where(*_conditions(wanted)).order_by(*order).limit(limit).offset(offset)
    return [
        CodedIncident(incident=incident_in(found), coding=coding_in(found))
        for found in session.execute(statement).scalars()
    ]


def by_day(session: Session, wanted: Wanted) -> list[Day]:
    """Return the days that have incidents, in order."""
    row = IncidentRow
    people = (func.sum(row.killed), func.sum(row.injured), func.sum(row.kidnapped))
    statement = (
        select(row.happened_on, func.count(), *people)
        .where(*_conditions(wanted))
        .group_by(row.happened_on)
        .order_by(row.happened_on)
    )
    return [
        Day(day=day, incidents=count, killed=int(killed), injured=int(injured), kidnapped=int(kidnapped))
        for day, count, killed, injured, kidnapped in session.execute(statement)
    ]


def groups(session: Session, wanted: Wanted) -> list[Group]:
    """Return incidents by source, kind, country, region and precision."""
    row = IncidentRow
    keys: tuple[Any, ...] = (
        row.source, row.kind, row.coded_country, row.coded_admin1, row.admin1, row.precision,
        row.latitude.is_not(None),
    )  # fmt: skip
    asked: tuple[Any, ...] = (*keys, func.count())
    statement = select(*asked).where(*_conditions(wanted)).group_by(*keys)
    return [
        Group(
            source=source, kind=kind, coding=Coding(country=country, admin1=code), admin1=admin1,
            precision=precision, has_point=bool(is_placed), incidents=count,
        )
        for source, kind, country, code, admin1, precision, is_placed, count in session.execute(statement)
    ]  # fmt: skip


def spots(session: Session, wanted: Wanted, precisions: Sequence[str], *, limit: int) -> list[Spot]:
    """Return the points of incidents that are as precise as one of these words, the busiest first."""
    row = IncidentRow
    statement = (
        select(row.latitude, row.longitude, func.count(), func.sum(row.killed))
        .where(*_conditions(wanted), row.latitude.is_not(None), row.precision.in_(precisions))
        .group_by(row.latitude, row.longitude)
        .order_by(func.count().desc(), row.latitude, row.longitude)
        .limit(limit)
    )
    return [
        Spot(latitude=latitude, longitude=longitude, incidents=count, killed=int(killed))
        for latitude, longitude, count, killed in session.execute(statement)
        if latitude is not None and longitude is not None
    ]


def kinds(session: Session, wanted: Wanted) -> list[str]:
    """Return the kinds there are of these incidents."""
    statement = select(IncidentRow.kind).where(*_conditions(wanted)).distinct()
    return list(session.execute(statement).scalars())


def countries(session: Session) -> list[str]:
    """Return the codes of all countries that incidents were ever told of."""
    return _distinct(session, IncidentRow.coded_country)


def sources(session: Session) -> list[str]:
    """Return all sources that ever told of incidents."""
    return _distinct(session, IncidentRow.source)


def last_day(session: Session) -> date | None:
    """Return the day of the newest incident."""
    row = IncidentRow
    statement = select(row.happened_on).where(~row.is_withdrawn).order_by(row.happened_on.desc()).limit(1)
    return session.execute(statement).scalar_one_or_none()


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    row = IncidentRow
    found = [~row.is_withdrawn]
    for columns, values in (
        ((row.coded_country, row.country), wanted.countries),
        ((row.coded_admin1, row.admin1), wanted.regions),
        ((row.source,), wanted.sources),
        ((row.kind,), wanted.kinds),
        ((row.actor,), wanted.actors),
    ):
        if values:
            found.append(or_(*(column.in_(values) for column in columns)))
    if wanted.since is not None:
        found.append(row.happened_on >= wanted.since)
    if wanted.until is not None:
        found.append(row.happened_on <= wanted.until)
    for word in wanted.text.split():
        within = (row.description, row.actor, row.admin1, row.kind, row.external_id)
        found.append(or_(*(column.icontains(word, autoescape=True) for column in within)))
    return found


def _distinct(session: Session, column: Any) -> list[str]:
    """Return the values of a column an index begins with, jumping from one to the next: no scan."""
    seen = select(func.min(column).label("value")).cte("seen", recursive=True)
    following = select(func.min(column)).where(column > seen.c.value).scalar_subquery()
    seen = seen.union_all(select(following).where(seen.c.value.is_not(None)))
    found = session.execute(select(seen.c.value).where(seen.c.value.is_not(None)))
    return list(found.scalars())
