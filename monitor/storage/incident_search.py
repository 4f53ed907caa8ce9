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
class Sums:
    """How many incidents there are, and people in them."""

    incidents: int = 0
    killed: int = 0
    injured: int = 0
    kidnapped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Incidents of one country, region and precision; `has_point`: they have coordinates."""

    coding: Coding
    admin1: str
    precision: str
    has_point: bool
    incidents: int
    killed: int


def search(session: Session, wanted: Wanted, *, limit: int, offset: int = 0) -> list[CodedIncident]:
    """Return incidents, the newest first."""
    row = IncidentRow
    order = (row.happened_on.desc(), row.source, row.external_id)
    statement = select(row).where(*_conditions(wanted)).order_by(*order).limit(limit).offset(offset)
    return [
        CodedIncident(incident=incident_in(found), coding=coding_in(found))
        for found in session.execute(statement).scalars()
    ]


def sums(session: Session, wanted: Wanted) -> Sums:
    """Return how many there are."""
    row = IncidentRow
    people = [func.coalesce(func.sum(column), 0) for column in (row.killed, row.injured, row.kidnapped)]
    found = session.execute(select(func.count(), *people).where(*_conditions(wanted))).one()
    return Sums(incidents=found[0], killed=int(found[1]), injured=int(found[2]), kidnapped=int(found[3]))


def by_day(session: Session, wanted: Wanted) -> list[tuple[date, int, int]]:
    """Return days that have incidents, how many, and how many people were killed."""
    row = IncidentRow
    statement = (
        select(row.happened_on, func.count(), func.sum(row.killed))
        .where(*_conditions(wanted))
        .group_by(row.happened_on)
        .order_by(row.happened_on)
    )
    return [(day, count, int(killed)) for day, count, killed in session.execute(statement)]


def groups(session: Session, wanted: Wanted) -> list[Group]:
    """Return incidents by country, region and precision."""
    row = IncidentRow
    has_point = row.latitude.is_not(None)
    keys: tuple[Any, ...] = (row.coded_country, row.coded_admin1, row.admin1, row.precision, has_point)
    asked: tuple[Any, ...] = (*keys, func.count(), func.sum(row.killed))
    statement = select(*asked).where(*_conditions(wanted)).group_by(*keys)
    return [
        Group(
            coding=Coding(country=country, admin1=code), admin1=admin1, precision=precision,
            has_point=bool(is_placed), incidents=count, killed=int(killed),
        )
        for country, code, admin1, precision, is_placed, count, killed in session.execute(statement)
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


def choices(session: Session, wanted: Wanted) -> list[tuple[str, str, str]]:
    """Return each country (by code), source and kind that incidents of a stretch of days have together."""
    row = IncidentRow
    columns: tuple[Any, ...] = (row.coded_country, row.source, row.kind)
    days = Wanted(since=wanted.since, until=wanted.until)
    statement = select(*columns).where(*_conditions(days)).distinct().order_by(*columns)
    return [(country, source, kind) for country, source, kind in session.execute(statement)]


def sources(session: Session, wanted: Wanted) -> list[str]:
    """Return the sources that tell of these incidents, by slug."""
    row = IncidentRow
    statement = select(row.source).where(*_conditions(wanted)).distinct().order_by(row.source)
    return list(session.execute(statement).scalars())


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
