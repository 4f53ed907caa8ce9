"""Incidents as they were known at a moment: of each the version then in force, withdrawn ones left out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from monitor.domain.derivations.incident_count import Covered
from monitor.storage.bulk import fetch_tuples
from monitor.storage.rows.observations import IncidentCoverRow, IncidentRow, IncidentVersionRow

_COLUMNS = (
    "source", "external_id", "seq", "known_at", "happened_on", "coded_country", "coded_admin1", "admin1",
    "latitude", "longitude", "precision", "kind", "actor", "killed", "description",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIncident:
    """One incident; `country` and `region` are codes, `admin1` the source's word. Times in epoch seconds."""

    source: str
    external_id: str
    seq: int
    known_at: int
    day: date
    country: str
    region: str
    admin1: str
    latitude: float | None
    longitude: float | None
    precision: str
    kind: str
    actor: str
    killed: int
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownThen:
    """Incidents, the newest first; `is_more`: there are more than were asked for."""

    incidents: tuple[KnownIncident, ...]
    is_more: bool


def known_incidents(
    session: Session, countries: Collection[str], since: date, until: date, *, at: int, most: int
) -> KnownThen:
    """Return the incidents of some countries and days (both included) as known at epoch second `at`."""
    asked = (countries, since, until)
    told = [_then(row, *asked, at=at, most=most) for row in (IncidentRow, IncidentVersionRow)]
    rows = [row for statement in told for row in fetch_tuples(session, statement)]
    found = [_incident(row) for row in rows]
    found.sort(key=lambda each: (each.day, each.seq), reverse=True)
    return KnownThen(incidents=tuple(found[:most]), is_more=len(found) > most)


def _incident(row: tuple[Any, ...]) -> KnownIncident:
    values: dict[str, Any] = dict(zip(KnownIncident.__dataclass_fields__, row, strict=True))
    # The driver of SQLite gives days as text.
    return KnownIncident(**values | {"day": date.fromisoformat(str(values["day"]))})


def count_known(session: Session, countries: Collection[str], since: date, until: date, *, at: int) -> int:
    """Return how many incidents of some countries and days were known at epoch second `at`, the last told."""
    row = IncidentRow
    statement = select(func.count()).where(
        row.coded_country.in_(countries), row.happened_on >= since, row.happened_on <= until,
        row.known_at <= at, ~row.is_withdrawn,
    )  # fmt: skip
    return session.execute(statement).scalar_one()


def counts_of_days(session: Session, countries: Collection[str]) -> dict[date, int]:
    """Return how many incidents each day of some countries has, as known now; by rising day."""
    row = IncidentRow
    statement = (
        select(row.happened_on, func.count())
        .where(row.coded_country.in_(countries), ~row.is_withdrawn)
        .group_by(row.happened_on)
        .order_by(row.happened_on)
    )
    return {date.fromisoformat(str(day)): number for day, number in fetch_tuples(session, statement)}


def covered(session: Session, countries: Collection[str]) -> dict[str, list[Covered]]:
    """Return by source the days of which it lists all incidents of any of some countries."""
    row = IncidentCoverRow
    statement = select(row).where(row.country.in_({*countries, ""})).order_by(row.source, row.seq)
    found: dict[str, list[Covered]] = {}
    for each in session.execute(statement).scalars():
        told = Covered(**{name: getattr(each, name) for name in Covered.__dataclass_fields__})
        found.setdefault(each.source, []).append(told)
    return found


def _then(
    row: Any, countries: Collection[str], since: date, until: date, *, at: int, most: int
) -> Select[Any]:
    statement = select(*(getattr(row, name) for name in _COLUMNS)).where(
        row.coded_country.in_(countries), row.happened_on >= since, row.happened_on <= until,
        row.known_at <= at, ~row.is_withdrawn, *_in_force(row, at),
    )  # fmt: skip
    return statement.order_by(row.happened_on.desc(), row.seq.desc()).limit(most + 1)


def _in_force(row: Any, at: int) -> list[ColumnElement[bool]]:
    """Ask of a former version that none after it was known by then; the last one has none after it."""
    if row is IncidentRow:
        return []
    now, after = aliased(IncidentRow), aliased(IncidentVersionRow)
    replaced = [
        exists().where(each.source == row.source, each.external_id == row.external_id, each.known_at <= at)
        for each in (now, after)
    ]
    replaced[1] = replaced[1].where(after.seq > row.seq)
    return [~or_(*replaced)]
