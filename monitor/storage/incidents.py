"""Incidents: dated, placed events of a feed, kept as the feed last told them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from monitor.domain.incident import Incident
from monitor.storage.batches import in_batches
from monitor.storage.rows.observations import IncidentRow
from monitor.storage.upsert import insert_or

_NAMES = tuple(Incident.__dataclass_fields__)
_KEY = ("source", "external_id")
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of incidents that were given."""

    changed: int
    unchanged: int


def keep(session: Session, incidents: Iterable[Incident]) -> Kept:
    """Store incidents, revising those that differ from what was told before."""
    rows = {(incident.source, incident.external_id): asdict(incident) for incident in incidents}
    changed = 0
    for part in in_batches(rows.values(), most=_AT_ONCE):
        statement = insert_or(session, IncidentRow).values(part)
        told = {name: statement.excluded[name] for name in _NAMES if name not in _KEY}
        differs = or_(*(getattr(IncidentRow, name).is_distinct_from(value) for name, value in told.items()))
        statement = statement.on_conflict_do_update(index_elements=_KEY, set_=told, where=differs)
        # The rows that come back are those written; `rowcount` says nothing reliable of an upsert.
        changed += len(session.execute(statement.returning(IncidentRow.external_id)).all())
    return Kept(changed=changed, unchanged=len(rows) - changed)


def between(
    session: Session, country: str, since: date | None = None, until: date | None = None
) -> list[Incident]:
    """Return a country's incidents from `since` to `until` (both included), by day."""
    row = IncidentRow
    statement = (
        select(row).where(row.country == country).order_by(row.happened_on, row.source, row.external_id)
    )
    if since is not None:
        statement = statement.where(row.happened_on >= since)
    if until is not None:
        statement = statement.where(row.happened_on <= until)
    return [_incident(found) for found in session.execute(statement).scalars()]


def of_source(session: Session, source: str) -> dict[str, Incident]:
    """Return all incidents of a source by their external id."""
    statement = select(IncidentRow).where(IncidentRow.source == source)
    return {row.external_id: _incident(row) for row in session.execute(statement).scalars()}


def _incident(row: IncidentRow) -> Incident:
    values: dict[str, Any] = {name: getattr(row, name) for name in _NAMES}
    return Incident(**values)
