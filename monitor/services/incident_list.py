"""Incidents and pairs of them, as they are listed."""

from datetime import date

from sqlalchemy.orm import Session

from monitor.domain.incident import Incident
from monitor.domain.incident_pair import IncidentPair, PairState
from monitor.storage import incident_pairs, incidents
from monitor.storage.incidents import Wanted


def incident_list(  # noqa: PLR0913 - one parameter a filter
    session: Session, *, country: str = "", source: str = "", kind: str = "", since: date | None = None,
    until: date | None = None, text: str = "", limit: int,
) -> list[Incident]:  # fmt: skip
    """Return incidents, the newest first."""
    wanted = Wanted(country=country, source=source, kind=kind, since=since, until=until, text=text)
    return incidents.search(session, wanted, limit=limit)


def duplicate_list(session: Session, state: PairState | None, *, limit: int) -> list[IncidentPair]:
    """Return pairs of incidents, the most alike first."""
    return incident_pairs.find(session, state, limit=limit)
