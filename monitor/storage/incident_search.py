"""Incidents as they are looked for, the newest first; withdrawn ones are left out.

However many there are, a search looks at a bounded number: along one index, from the newest day back. What it
finds says how far back it looked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from monitor.domain.incident import Coding, Incident
from monitor.domain.incident_filter import Wanted
from monitor.domain.iso3166 import is_country
from monitor.storage.incidents import coding_in, incident_in
from monitor.storage.rows.observations import IncidentRow

# So many are looked at where more is asked than one index answers, and for a page where it answers all.
LOOKED, LOOKED_FOR_A_PAGE = 25_000, 1_000
_ASKED = ("countries", "regions", "sources", "kinds", "actors", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place in the list: what comes after it is older, or of the same day and was told before."""

    day: date
    seq: int

    def __str__(self) -> str:
        """2025-10-03.1234, as it stands in an address."""
        return f"{self.day}.{self.seq}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedIncident:
    """An incident with its coding."""

    incident: Incident
    coding: Coding


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Incidents, the newest first; after `older` there may be more, None if there are no more."""

    incidents: tuple[CodedIncident, ...]
    older: Mark | None


def search(
    session: Session, wanted: Wanted, *, limit: int, after: Mark | None = None, looked: int | None = LOOKED
) -> Found:
    """Return so many incidents at most, the newest first, after a place in the list; `looked` None: all."""
    if looked is not None and not has_rest(wanted):
        looked = min(looked, max(LOOKED_FOR_A_PAGE, limit + 1))
    row: Any = aliased(IncidentRow, looked_at(wanted, after=after, looked=looked).subquery())
    statement = select(row).where(*conditions(row, wanted)).order_by(*_newest_first(row)).limit(limit + 1)
    rows = list(session.execute(statement).scalars())
    found = tuple(CodedIncident(incident=incident_in(each), coding=coding_in(each)) for each in rows[:limit])
    if len(rows) > limit:
        return Found(incidents=found, older=Mark(day=rows[limit - 1].happened_on, seq=rows[limit - 1].seq))
    return Found(incidents=found, older=last_looked_at(session, wanted, after=after, looked=looked))


def looked_at(wanted: Wanted, *, looked: int | None, after: Mark | None = None) -> Any:
    """Return a select of the rows that are looked at: of the one condition with an index, the newest."""
    row = IncidentRow
    statement = select(row).where(*_leading(wanted), *_days(wanted), *_after(after))
    return statement.order_by(*_newest_first(row)).limit(looked)


def last_looked_at(
    session: Session, wanted: Wanted, *, looked: int | None, after: Mark | None = None
) -> Mark | None:
    """Return the last place that is looked at; None if all that there is."""
    if looked is None:
        return None
    row = IncidentRow
    statement = (
        select(row.happened_on, row.seq)
        .where(*_leading(wanted), *_days(wanted), *_after(after))
        .order_by(*_newest_first(row))
        .offset(looked - 1)
        .limit(2)
    )
    places = list(session.execute(statement))
    return Mark(day=places[0].happened_on, seq=places[0].seq) if len(places) > 1 else None


def conditions(row: Any, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return all that is asked of an incident but its days."""
    found: list[ColumnElement[bool]] = [~row.is_withdrawn]
    for columns, values in (
        ((row.coded_country, row.country), wanted.countries),
        ((row.coded_admin1, row.admin1), wanted.regions),
        ((row.source,), wanted.sources),
        ((row.kind,), wanted.kinds),
        ((row.actor,), wanted.actors),
    ):
        if values:
            found.append(or_(*(column.in_(values) for column in columns)))
    for word in wanted.text.split():
        within = (row.description, row.actor, row.admin1, row.kind, row.external_id)
        found.append(or_(*(column.icontains(word, autoescape=True) for column in within)))
    return found


def kinds(session: Session) -> list[str]:
    """Return the kinds of all incidents ever told of."""
    return _distinct(session, IncidentRow.kind)


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


def has_rest(wanted: Wanted) -> bool:
    """Whether more is asked than the index along which the newest are looked at answers, and the days."""
    return any(getattr(wanted, name) for name in _ASKED if name != _lead(wanted))


def _lead(wanted: Wanted) -> str:
    """Return what is asked for one value that an index begins with, told as such or not at all."""
    if len(wanted.countries) == 1 and is_country(wanted.countries[0]):
        return "countries"
    if len(wanted.sources) == 1:
        return "sources"
    return "kinds" if len(wanted.kinds) == 1 else ""


def _leading(wanted: Wanted) -> Sequence[ColumnElement[bool]]:
    row, lead = IncidentRow, _lead(wanted)
    columns = {"countries": row.coded_country, "sources": row.source, "kinds": row.kind}
    return (columns[lead] == getattr(wanted, lead)[0],) if lead else ()


def _days(wanted: Wanted) -> list[ColumnElement[bool]]:
    row = IncidentRow
    found = [] if wanted.since is None else [row.happened_on >= wanted.since]
    return found if wanted.until is None else [*found, row.happened_on <= wanted.until]


def _after(mark: Mark | None) -> list[ColumnElement[bool]]:
    row = IncidentRow
    if mark is None:
        return []
    is_older = or_(row.happened_on < mark.day, row.seq < mark.seq)
    return [and_(row.happened_on <= mark.day, is_older)]


def _newest_first(row: Any) -> tuple[Any, Any]:
    return row.happened_on.desc(), row.seq.desc()


def _distinct(session: Session, column: Any) -> list[str]:
    """Return the values of a column an index begins with, jumping from one to the next: no scan."""
    seen = select(func.min(column).label("value")).cte("seen", recursive=True)
    following = select(func.min(column)).where(column > seen.c.value).scalar_subquery()
    seen = seen.union_all(select(following).where(seen.c.value.is_not(None)))
    found = session.execute(select(seen.c.value).where(seen.c.value.is_not(None)))
    return list(found.scalars())
